package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Sighting;
import dev.batchgate.ingestion.StatusView;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.ResponseEntity;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Requests that wait for an ingestion to change, until it does, or it has ended, or their time is over, or the service
 * stops.
 *
 * <p>Whoever serves requests enters {@link #await}, whoever makes changes says so, and neither of them waits: one thread
 * reads what has become of an ingestion, once for all who wait for it. A poll is in {@code waiting} until its request is
 * answered, by whomever.
 */
final class LongPolls implements Changes.Watcher, SmartLifecycle, AutoCloseable {

    /** Each keeps one of the connections, of which others need some as well ({@code server.tomcat.max-connections}). */
    private static final int MOST = 400;

    /** By then the container answers, should the one thread be held up by the store. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Logger log = LoggerFactory.getLogger(LongPolls.class);

    private final IngestionService ingestions;
    private final ConcurrentHashMap<UUID, Set<Poll>> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger polls = new AtomicInteger();
    private final Set<UUID> changed = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor reader =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "long-polls"));
    private volatile boolean running;

    LongPolls(IngestionService ingestions) {
        this.ingestions = ingestions;
        reader.setRemoveOnCancelPolicy(true);
        // Not on the thread of whoever tells of a change.
        reader.prestartCoreThread();
        // At the very end nobody waits any more.
        reader.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    }

    /** One request, and the versions that its client has. */
    private record Poll(Set<String> known, DeferredResult<ResponseEntity<StatusView>> result) {}

    /** What has become of an ingestion, made once for all who wait for it. */
    private record News(String version, boolean isEnd, ResponseEntity<StatusView> answer) {

        boolean isNewTo(Poll poll) {
            return isEnd || !poll.known().contains(version);
        }

        void tell(Poll poll) {
            try {
                poll.result().setResult(answer);
            } catch (RuntimeException gone) {
                log.debug("Nobody waits for this answer any more", gone);
            }
        }
    }

    /** Whether one more may wait; give or take those that ask at the same moment. */
    boolean hasRoom() {
        return polls.get() < MOST;
    }

    /**
     * The status once it is another than the client has.
     *
     * @param seen as it is now
     * @param known versions that the client has; empty if it means this one
     */
    DeferredResult<ResponseEntity<StatusView>> await(Sighting seen, Set<String> known, Duration patience) {
        News now = news(seen);
        DeferredResult<ResponseEntity<StatusView>> result =
                new DeferredResult<>(patience.plus(GRACE).toMillis());
        Poll poll = new Poll(known.isEmpty() ? Set.of(now.version()) : known, result);
        if (patience.isZero() || now.isNewTo(poll)) {
            now.tell(poll);
            return result;
        }
        UUID id = seen.ingestion().id();
        polls.incrementAndGet();
        add(id, poll);
        var timeout = reader.schedule(() -> answer(id, poll), patience.toMillis(), TimeUnit.MILLISECONDS);
        result.onTimeout(() -> answer(id, poll));
        result.onCompletion(() -> {
            polls.decrementAndGet();
            timeout.cancel(false);
            remove(id, poll);
        });
        // For what has happened since it was read; and nobody begins to wait for a service that stops.
        changed(id);
        if (!running) {
            answer(id, poll);
        }
        return result;
    }

    private News news(Sighting seen) {
        Ingestion ingestion = seen.ingestion();
        return new News(
                Long.toString(ingestion.revision()),
                ingestion.status().isEnd(),
                StatusView.answer(ingestion, seen.foretell()));
    }

    private void add(UUID id, Poll poll) {
        waiting.compute(id, (same, others) -> {
            Set<Poll> polls = others == null ? ConcurrentHashMap.newKeySet() : others;
            polls.add(poll);
            return polls;
        });
    }

    private void remove(UUID id, Poll poll) {
        waiting.computeIfPresent(id, (same, polls) -> {
            polls.remove(poll);
            return polls.isEmpty() ? null : polls;
        });
    }

    @Override
    public void changed(UUID ingestionId) {
        if (waiting.containsKey(ingestionId) && changed.add(ingestionId)) {
            reader.execute(() -> read(ingestionId));
        }
    }

    @Override
    public void missedSome() {
        waiting.keySet().forEach(this::changed);
    }

    private void read(UUID id) {
        changed.remove(id);
        Set<Poll> polls = waiting.getOrDefault(id, Set.of());
        try {
            News news = news(ingestions.seeAgain(id));
            polls.stream().filter(news::isNewTo).forEach(news::tell);
        } catch (RuntimeException unreadable) {
            polls.forEach(poll -> fail(poll, unreadable));
        }
    }

    private static void fail(Poll poll, RuntimeException failure) {
        try {
            poll.result().setErrorResult(failure);
        } catch (RuntimeException gone) {
            log.debug("Nobody waits for this answer any more", gone);
        }
    }

    /** Tells it as it is now, changed or not. */
    private void answer(UUID id, Poll poll) {
        try {
            news(ingestions.seeAgain(id)).tell(poll);
        } catch (RuntimeException unreadable) {
            fail(poll, unreadable);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Nobody is kept waiting for a service that stops; another replica may take the next question. */
    @Override
    public void stop(Runnable stopped) {
        running = false;
        reader.execute(() -> {
            answerAll();
            stopped.run();
        });
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    /** As they are now; but a store that does not answer for one is not waited for again. */
    private void answerAll() {
        RuntimeException failure = null;
        for (Map.Entry<UUID, Set<Poll>> each : waiting.entrySet()) {
            try {
                if (failure == null) {
                    each.getValue().forEach(news(ingestions.seeAgain(each.getKey()))::tell);
                }
            } catch (RuntimeException unreadable) {
                failure = unreadable;
            }
            RuntimeException reason = failure;
            if (reason != null) {
                each.getValue().forEach(poll -> fail(poll, reason));
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void close() {
        reader.shutdownNow();
    }
}
