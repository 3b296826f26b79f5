package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * One ingestion as the queue keeps it: a cursor over its ids, and a word about those batches alone that the cursor does
 * not account for.
 *
 * <p>Entered by every thread. What identifies and orders it never changes; cursor and open batches are guarded by its
 * monitor, inside which no other lock is taken.
 */
final class Tracked {

    /** By priority, creation time and acceptance sequence; the latter two never disagree. */
    static final Comparator<Tracked> MOST_URGENT_FIRST = Comparator.<Tracked, Priority>comparing(t -> t.priority)
            .thenComparingLong(t -> t.createdAtMicros)
            .thenComparingLong(t -> t.sequence);

    private static final long MICROS = 1_000_000;

    private final UUID id;
    private final Priority priority;
    private final Ids ids;
    private final int batchSize;
    private final long createdAtMicros;
    private final long sequence;

    /** Batches before this one have been dispatched. */
    private int next;

    /** Dispatched batches that did not complete, or not yet; shared and empty for the many that have none. */
    private Map<Integer, BatchState> open = Map.of();

    Tracked(Submission submission, long createdAtMicros, long sequence) {
        this.id = submission.id();
        this.priority = submission.priority();
        this.ids = submission.ids();
        this.batchSize = submission.batchSize();
        this.createdAtMicros = createdAtMicros;
        this.sequence = sequence;
    }

    /** Moves the cursor past the next batch, which is now triggered. */
    synchronized Batch begin() {
        if (waiting() == 0) {
            throw new IllegalStateException("every batch of " + id + " has been dispatched");
        }
        // Cut first: whatever fails, the cursor does not pass a batch that nobody was handed.
        Batch batch = Batch.cut(id, ids, batchSize, next);
        put(next, BatchState.TRIGGERED);
        next++;
        return batch;
    }

    /** Records how a triggered batch ended; throws if it is not triggered. */
    synchronized void end(int index, Outcome outcome) {
        BatchState ended = open.getOrDefault(index, BatchState.COMPLETED).ended(outcome);
        if (ended.equals(BatchState.COMPLETED)) {
            open.remove(index);
            open = open.isEmpty() ? Map.of() : open;
        } else {
            put(index, ended);
        }
    }

    /** Batches that have not been dispatched. */
    synchronized int waiting() {
        return Batch.count(ids, batchSize) - next;
    }

    synchronized Ingestion snapshot() {
        return new Ingestion(id, priority, createdAt(), ids, batchSize, next, open);
    }

    Priority priority() {
        return priority;
    }

    Instant createdAt() {
        return Instant.ofEpochSecond(
                Math.floorDiv(createdAtMicros, MICROS), 1_000 * Math.floorMod(createdAtMicros, MICROS));
    }

    private void put(int index, BatchState state) {
        if (open.isEmpty()) {
            open = new HashMap<>(2);
        }
        open.put(index, state);
    }
}
