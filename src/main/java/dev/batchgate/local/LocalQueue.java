package dev.batchgate.local;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Submission;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;

/**
 * Accepted batches of one process, most urgent first: one entry in the queue for each ingestion, whatever its size.
 *
 * <p>Submitters enter {@link #add} and the dispatcher's thread {@link #take}; whoever ends a fetch enters
 * {@link #departed} and {@link #finish}; anyone asks. {@code accepting} makes stamping and queueing one step, so that
 * nobody overtakes by being quicker between the two. It guards the fields below it and is never held while waiting;
 * inside it the gate's and an ingestion's monitor may be taken, each for itself.
 */
final class LocalQueue implements BatchQueue {

    /** Within a priority, the most urgent is the oldest. */
    private static final BinaryOperator<Tracked> OLDER = BinaryOperator.minBy(Tracked.MOST_URGENT_FIRST);

    private final PriorityBlockingQueue<Tracked> waiting = new PriorityBlockingQueue<>(1024, Tracked.MOST_URGENT_FIRST);
    private final ConcurrentHashMap<UUID, Tracked> statuses = new ConcurrentHashMap<>();
    private final Gate gate;
    private final Clock clock;
    private final Duration interval;
    private final int maxInFlight;
    private final long maxBacklog;

    private final ReentrantLock accepting = new ReentrantLock();
    private final Map<Priority, Long> backlog = new EnumMap<>(Priority.class);
    private long sequence;
    private long lastCreatedAtMicros = Long.MIN_VALUE;

    LocalQueue(BatchgateProperties properties, Clock clock, Ticker ticker) {
        this.gate = new Gate(properties.interval(), properties.maxInFlight(), ticker);
        this.clock = clock;
        this.interval = properties.interval();
        this.maxInFlight = properties.maxInFlight();
        this.maxBacklog = properties.limits().maxBacklog();
    }

    @Override
    public void add(Submission submission) {
        accepting.lock();
        try {
            requireRoomFor(submission.batches());
            // A wall clock that is set back must not reorder what was accepted: time stands still until it caught up.
            lastCreatedAtMicros =
                    Math.max(lastCreatedAtMicros, ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant()));
            Tracked tracked = new Tracked(submission, lastCreatedAtMicros, sequence++);
            statuses.put(submission.id(), tracked);
            backlog.merge(submission.priority(), (long) submission.batches(), Long::sum);
            waiting.put(tracked);
        } finally {
            accepting.unlock();
        }
    }

    private void requireRoomFor(int batches) {
        long excess = backlog.values().stream().mapToLong(Long::longValue).sum() + batches - maxBacklog;
        if (excess > 0) {
            throw new BacklogFull(maxBacklog, interval.multipliedBy(excess));
        }
    }

    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        return Optional.ofNullable(statuses.get(ingestionId)).map(Tracked::snapshot);
    }

    @Override
    public Batch take() throws InterruptedException {
        gate.awaitOpen();
        Tracked woken = waiting.take();
        accepting.lock();
        // Decided inside the lock: whoever was accepted before it counts, also between waking up and here.
        waiting.put(woken);
        Tracked mostUrgent = waiting.remove();
        try {
            Batch batch = mostUrgent.begin();
            gate.enter(batch);
            backlog.merge(mostUrgent.priority(), -1L, Long::sum);
            return batch;
        } finally {
            // Whatever failed above, what waits stays in the queue.
            if (mostUrgent.waiting() > 0) {
                waiting.put(mostUrgent);
            }
            accepting.unlock();
        }
    }

    @Override
    public void departed(Batch batch) {
        gate.departed(batch);
    }

    @Override
    public void finish(Batch batch, Outcome outcome) {
        Tracked tracked = statuses.get(batch.ingestionId());
        if (tracked == null) {
            throw new IllegalArgumentException("batch " + batch.id() + " was not taken from here");
        }
        tracked.end(batch.index(), outcome);
        gate.ended(batch);
    }

    /**
     * Walks the whole queue for the oldest of each priority, outside of every lock: about 0.1 s with a million ingestions.
     * {@code oldest} may miss one that the dispatcher holds in its hand at that moment; the numbers of batches are exact.
     */
    @Override
    public QueueState state() {
        Map<Priority, Tracked> oldest = new EnumMap<>(Priority.class);
        for (Tracked tracked : waiting) {
            oldest.merge(tracked.priority(), tracked, OLDER);
        }
        Map<Priority, QueueState.Waiting> perPriority = new EnumMap<>(Priority.class);
        accepting.lock();
        try {
            for (Priority priority : Priority.values()) {
                long batches = backlog.getOrDefault(priority, 0L);
                Tracked first = batches == 0 ? null : oldest.get(priority);
                perPriority.put(priority, new QueueState.Waiting(batches, first == null ? null : first.createdAt()));
            }
        } finally {
            accepting.unlock();
        }
        return new QueueState(
                interval, clock.instant().plusNanos(gate.nanosUntilOpen()), gate.inFlight(), maxInFlight, perPriority);
    }
}
