package dev.batchgate.upstream;

import dev.batchgate.ingestion.Departure;
import dev.batchgate.ingestion.IdOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.jspecify.annotations.Nullable;

/**
 * One request, from connecting to the last byte of its answer, all within one time-out; with the requests that
 * redirects make of it.
 *
 * <p>A thread of the pool enters {@link #run} and, inside of it, {@link #connected}, {@link #leave} and {@link #heard};
 * the timer of the time-out may end it from another. {@code stage} settles which of the two comes first, so that a
 * request that was given up on never leaves late. The rest that both see is written by the first and read by whoever
 * learns the answer.
 */
final class Call implements Runnable {

    private static final String BATCH_HEADER = "Idempotency-Key";

    /** Read for the sake of the connection, which can be used again then, of an answer that is not kept. */
    private static final int MOST_SKIPPED = 1 << 16;

    /** How far a request has come. */
    private enum Stage {
        /** Nothing of it can have reached the upstream. */
        CONNECTING,
        /** It has a connection, and nothing of it has been sent that would be a request. */
        CONNECTED,
        /** It has left, and so may those that a redirect makes of it. */
        LEFT,
        /** It is over; nothing leaves any more. */
        OVER
    }

    private final CloseableHttpClient client;
    private final UrlTemplate.Target target;
    private final Departure slot;
    private final long maxBodyBytes;
    private final HttpGet request;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.CONNECTING);
    private final CompletableFuture<Void> departure = new CompletableFuture<>();
    private final CompletableFuture<List<IdOutcome>> ended = new CompletableFuture<>();
    private final CompletableFuture<List<IdOutcome>> answer;

    /** What a status says that is no success; the body adds nothing to it, however it ends. */
    private volatile @Nullable List<IdOutcome> settled;

    private volatile long closedUntil = System.nanoTime();

    /**
     * Made when the slot opens: the time-out runs from here.
     *
     * @param batch id of the batch, by which the upstream can tell a repetition
     * @param slot asked whether the request may leave
     * @param maxBodyBytes the most that is read of an answer, for each id
     */
    Call(
            CloseableHttpClient client,
            UrlTemplate.Target target,
            String batch,
            Departure slot,
            Duration timeout,
            long maxBodyBytes) {
        this.client = client;
        this.target = target;
        this.slot = slot;
        this.maxBodyBytes = maxBodyBytes;
        this.request = new HttpGet(target.uri());
        request.setHeader(BATCH_HEADER, batch);
        this.answer = ended.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS).handle((outcomes, timedOut) -> {
            boolean connected = giveUp();
            return timedOut == null ? outcomes : late(timeout, connected);
        });
    }

    /** Completes, never exceptionally, when the request has been handed to the network, or never will be. */
    CompletableFuture<Void> departure() {
        return departure;
    }

    /** Completes, never exceptionally, with what became of each id. */
    CompletableFuture<List<IdOutcome>> answer() {
        return answer;
    }

    /** For how much longer the upstream wants to hear nothing, as far as it said so. */
    Duration closedFor() {
        return Duration.ofNanos(Math.max(0, closedUntil - System.nanoTime()));
    }

    @Override
    public void run() {
        HttpClientContext context = HttpClientContext.create();
        context.setAttribute(Call.class.getName(), this);
        try {
            ended.complete(client.execute(request, context, this::read));
        } catch (IOException | RuntimeException | Error broken) {
            // An Error too: a lack of memory is the answer's fault as likely as not, and others have their own.
            ended.complete(failed(broken));
        }
    }

    /** Ends the request for a reason that is Batchgate's own. */
    void abandon(String reason) {
        ended.complete(all(new IdOutcome.Missed(reason, null, true)));
    }

    /** There is a connection for the request, unless it has been given up. */
    void connected() {
        advance(Stage.CONNECTED);
    }

    /**
     * Sends the head of the request, which is all of it, unless the time is over. Nothing is to come between the look at
     * the slot and the network: who is stopped there sends late, and does not know.
     */
    void leave(HttpClientConnection connection) {
        advance(Stage.LEFT);
        try {
            if (!slot.isAllowed()) {
                ended.complete(all(
                        departure.isDone()
                                ? new IdOutcome.Missed(
                                        "Batchgate was held up before it could follow a redirect", null, true)
                                : new IdOutcome.Withheld()));
                throw new IllegalStateException("the slot was over before it left");
            }
            try {
                connection.flush();
            } finally {
                slot.left();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            departure.complete(null);
        }
    }

    /** The upstream wants to hear nothing for so long, from now on. */
    void heard(Duration closedFor) {
        long until = System.nanoTime() + closedFor.toNanos();
        if (until - closedUntil > 0) {
            closedUntil = until;
        }
    }

    private void advance(Stage to) {
        if (stage.updateAndGet(now -> now.compareTo(to) > 0 ? now : to) == Stage.OVER) {
            throw new IllegalStateException("given up before it left");
        }
    }

    /** Returns whether there was a connection. */
    private boolean giveUp() {
        Stage before = stage.getAndSet(Stage.OVER);
        if (before != Stage.LEFT) {
            departure.complete(null);
        }
        request.cancel();
        return before != Stage.CONNECTING;
    }

    private List<IdOutcome> read(ClassicHttpResponse response) throws IOException {
        int status = response.getCode();
        if (!StatusCode.isSuccess(status)) {
            List<IdOutcome> outcomes = all(StatusCode.outcome(status));
            settled = outcomes;
            body(response.getEntity(), MOST_SKIPPED, outcomes);
            return outcomes;
        }
        long limit = maxBodyBytes * target.ids().size();
        HttpEntity entity = response.getEntity();
        byte[] body = body(entity, limit, all(new IdOutcome.Failed(Answer.tooLarge(limit), status)));
        boolean delimited = entity == null || entity.isChunked() || entity.getContentLength() >= 0;
        MediaType type = MediaType.of(entity == null ? null : entity.getContentType());
        return target.outcomes(new Answer(status, type, body, delimited), maxBodyBytes);
    }

    private byte[] body(@Nullable HttpEntity entity, long limit, List<IdOutcome> ifLarger) throws IOException {
        if (entity == null) {
            return new byte[0];
        }
        try (InputStream content = entity.getContent()) {
            byte[] body = content.readNBytes((int) Math.min(limit + 1, Integer.MAX_VALUE));
            if (body.length > limit) {
                // Ended before anything is closed: to close an answer politely is to read the rest of it.
                ended.complete(ifLarger);
                throw new IOException("more than is wanted");
            }
            return body;
        }
    }

    private List<IdOutcome> failed(Throwable broken) {
        List<IdOutcome> known = settled;
        if (known != null) {
            return known;
        }
        boolean connected = stage.get() != Stage.CONNECTING || !(broken instanceof IOException);
        return all(new IdOutcome.Missed(FailureReason.of(broken, connected), null, connected));
    }

    private List<IdOutcome> late(Duration timeout, boolean connected) {
        List<IdOutcome> known = settled;
        if (known != null) {
            return known;
        }
        String missing = connected ? "no complete answer" : "no connection to the upstream";
        return all(new IdOutcome.Missed(missing + " within " + timeout.toMillis() + " ms", null, connected));
    }

    private List<IdOutcome> all(IdOutcome outcome) {
        return Collections.nCopies(target.ids().size(), outcome);
    }
}
