package dev.batchgate.results;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.Orders;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Results;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntFunction;

/** Ingestions and results as a test wants them; dispatches nothing and accepts nothing. */
final class FakeStore implements BatchQueue, Orders, Results, Listing {

    static final int BATCH_SIZE = 3;

    private final Map<UUID, Ingestion> ingestions = new ConcurrentHashMap<>();
    private final Map<UUID, IntFunction<Optional<Page>>> results = new ConcurrentHashMap<>();

    /**
     * Adds an ingestion.
     *
     * @param pages what is read of its results from a position on
     * @return its id
     */
    String add(Ids ids, List<BatchState> states, IntFunction<Optional<Page>> pages) {
        UUID id = UUID.randomUUID();
        ingestions.put(id, Ingestion.of(id, Priority.MEDIUM, Instant.EPOCH, ids, BATCH_SIZE, null, 0, states));
        results.put(id, pages);
        return id.toString();
    }

    /** What is known of its batches from now on. */
    void change(UUID id, List<BatchState> states) {
        ingestions.computeIfPresent(
                id,
                (same, old) -> Ingestion.of(
                        id, old.priority(), old.createdAt(), old.ids(), old.batchSize(), old.owner(), 0, states));
    }

    /** A page of consecutive outcomes. */
    static Optional<Page> page(int from, IdOutcome... outcomes) {
        TreeMap<Integer, IdOutcome> byPosition = new TreeMap<>();
        Arrays.stream(outcomes).forEach(outcome -> byPosition.put(from + byPosition.size(), outcome));
        return Optional.of(new Page(byPosition, from + outcomes.length));
    }

    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        return Optional.ofNullable(ingestions.get(ingestionId));
    }

    @Override
    public Optional<Page> read(UUID ingestionId, int from) {
        return results.get(ingestionId).apply(from);
    }

    @Override
    public Batch take() throws InterruptedException {
        new CountDownLatch(1).await();
        throw new AssertionError();
    }

    @Override
    public CompletableFuture<Receipt> submit(Submission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean mayDepart(Batch batch) {
        return true;
    }

    @Override
    public void departed(Batch batch) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void finish(Batch batch, Outcome outcome) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Lineup lineup(Priority priority, int most) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Standing standing(Submission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Standing> standing(UUID ingestionId) {
        return Optional.empty();
    }

    @Override
    public Optional<Long> place(UUID ingestionId, String owner) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Listed> before(long place, String owner, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Duration overdue() {
        return Duration.ZERO;
    }

    @Override
    public QueueState state() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Ingestion> cancel(UUID ingestionId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Ingestion> move(UUID ingestionId, Priority priority) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Ingestion> retry(UUID ingestionId) {
        throw new UnsupportedOperationException();
    }

    @Override
    public QueueState pause() {
        throw new UnsupportedOperationException();
    }

    @Override
    public QueueState resume() {
        throw new UnsupportedOperationException();
    }
}
