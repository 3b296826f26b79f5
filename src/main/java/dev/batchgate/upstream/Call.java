package dev.batchgate.upstream;

import dev.batchgate.ingestion.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.HttpClientConnection;

/**
 * One request, from connecting to the last byte of its answer, all within one time-out.
 *
 * <p>A thread of the pool enters {@link #run} and, inside of it, {@link #leave}; the timer of the time-out may end it
 * from another. {@code decided} settles which of the two comes first, so that a request that was given up on never
 * leaves late.
 */
final class Call implements Runnable {

    /** More than this is no answer that Batchgate would keep. */
    static final int MAX_ANSWER_BYTES = 1 << 20;

    private static final String BATCH_HEADER = "Idempotency-Key";

    private final CloseableHttpClient client;
    private final UrlTemplate.Target target;
    private final HttpGet request;
    private final AtomicBoolean decided = new AtomicBoolean();
    private final CompletableFuture<Void> departure = new CompletableFuture<>();
    private final CompletableFuture<Outcome> ended = new CompletableFuture<>();
    private final CompletableFuture<Outcome> answer;

    /**
     * Made when the slot opens: the time-out runs from here.
     *
     * @param batch id of the batch, by which the upstream can tell a repetition
     */
    Call(CloseableHttpClient client, UrlTemplate.Target target, String batch, Duration timeout) {
        this.client = client;
        this.target = target;
        this.request = new HttpGet(target.uri());
        request.setHeader(BATCH_HEADER, batch);
        this.answer = ended.completeOnTimeout(
                        failed("no complete answer within " + timeout.toMillis() + " ms"),
                        timeout.toNanos(),
                        TimeUnit.NANOSECONDS)
                .whenComplete((outcome, never) -> giveUp());
    }

    /** Completes, never exceptionally, when the request has been handed to the network, or never will be. */
    CompletableFuture<Void> departure() {
        return departure;
    }

    /** Completes, never exceptionally, with what became of the request. */
    CompletableFuture<Outcome> answer() {
        return answer;
    }

    @Override
    public void run() {
        HttpClientContext context = HttpClientContext.create();
        context.setAttribute(Call.class.getName(), this);
        try {
            ended.complete(client.execute(request, context, this::read));
        } catch (IOException | RuntimeException broken) {
            ended.complete(failed(FailureReason.of(broken)));
        }
    }

    /** Ends the request as a failure, wherever it is; what it comes to after that does not count. */
    void abandon(String reason) {
        ended.complete(failed(reason));
    }

    /** Sends the head of the request, which is all of it, unless the time is over. */
    void leave(HttpClientConnection connection) {
        if (!decided.compareAndSet(false, true)) {
            throw new IllegalStateException("given up before it left");
        }
        try {
            connection.flush();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } finally {
            departure.complete(null);
        }
    }

    private void giveUp() {
        if (decided.compareAndSet(false, true)) {
            departure.complete(null);
        }
        request.cancel();
    }

    private Outcome read(ClassicHttpResponse response) throws IOException {
        if (response.getCode() / 100 != 2) {
            return failed("the upstream answered with HTTP status " + response.getCode());
        }
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return new Outcome.Completed(List.of(new byte[0]));
        }
        try (InputStream content = entity.getContent()) {
            byte[] body = content.readNBytes(MAX_ANSWER_BYTES + 1);
            if (body.length > MAX_ANSWER_BYTES) {
                // Ended before anything is closed: to close an answer politely is to read the rest of it.
                abandon("the answer is larger than " + MAX_ANSWER_BYTES + " bytes");
            }
            return new Outcome.Completed(List.of(body));
        }
    }

    private Outcome failed(String reason) {
        return new Outcome.Failed(target.subject() + ": " + reason);
    }
}
