package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.StatusView;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
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

    /** By then the container answers, should the one thread be held up by the store. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final IngestionService ingestions;
    private final ConcurrentHashMap<UUID, Set<Poll>> waiting = new ConcurrentHashMap<>();
    private final Set<UUID> changed = ConcurrentHashMap.newKeySet();
    private final ScheduledThreadPoolExecutor reader =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "long-polls"));
    private volatile boolean running;

    LongPolls(IngestionService ingestions) {
        this.ingestions = ingestions;
        reader.setRemoveOnCancelPolicy(true);
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
            poll.result().setResult(answer);
        }
    }

    /**
     * The status once it is another than the client has.
     *
     * @param ingestion as it is now
     * @param known versions that the client has; empty if it means this one
     */
    DeferredResult<ResponseEntity<StatusView>> await(Ingestion ingestion, Set<String> known, Duration patience) {
        News now = news(ingestion);
        DeferredResult<ResponseEntity<StatusView>> result =
                new DeferredResult<>(patience.plus(GRACE).toMillis());
        Poll poll = new Poll(known.isEmpty() ? Set.of(now.version()) : known, result);
        if (patience.isZero() || now.isNewTo(poll)) {
            now.tell(poll);
            return result;
        }
        UUID id = ingestion.id();
        add(id, poll);
        var timeout = reader.schedule(() -> answer(id, poll), patience.toMillis(), TimeUnit.MILLISECONDS);
        result.onTimeout(() -> answer(id, poll));
        result.onCompletion(() -> {
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

    private News news(Ingestion ingestion) {
        String version = ingestion.version();
        return new News(
                version,
                ingestion.status().isEnd(),
                StatusView.answer(ingestion, version, ingestions.foretell(ingestion)));
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
            News news = news(ingestions.find(id.toString()));
            polls.stream().filter(news::isNewTo).forEach(news::tell);
        } catch (RuntimeException unreadable) {
            polls.forEach(poll -> poll.result().setErrorResult(unreadable));
        }
    }

    /** Tells it as it is now, changed or not. */
    private void answer(UUID id, Poll poll) {
        try {
            news(ingestions.find(id.toString())).tell(poll);
        } catch (RuntimeException unreadable) {
            poll.result().setErrorResult(unreadable);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Nobody is kept waiting for a service that stops; another replica may take the next question. */
    @Override
    public void stop() {
        running = false;
        waiting.forEach((id, polls) -> polls.forEach(poll -> answer(id, poll)));
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
