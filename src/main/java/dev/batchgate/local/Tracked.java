package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
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

    private final UUID id;
    private final Priority priority;
    private final Ids ids;
    private final int batchSize;
    private final long createdAtMicros;
    private final long sequence;

    /** Batches before this one have been dispatched. */
    private int next;

    /** Batches whose end has been written, whether or not it is known yet that it reached the disk. */
    private int endsWritten;

    /** Dispatched batches that did not plainly complete, or not yet; shared and empty for the many that have none. */
    private Map<Integer, BatchState> open = Map.of();

    Tracked(UUID id, Priority priority, Ids ids, int batchSize, long createdAtMicros, long sequence) {
        this.id = id;
        this.priority = priority;
        this.ids = ids;
        this.batchSize = batchSize;
        this.createdAtMicros = createdAtMicros;
        this.sequence = sequence;
    }

    /** The batch that the cursor points at. */
    synchronized Batch next() {
        if (waiting() == 0) {
            throw new IllegalStateException("every batch of " + id + " has been dispatched");
        }
        return batch(next);
    }

    Batch batch(int index) {
        return Batch.cut(id, ids, batchSize, index);
    }

    /** The batch that the cursor points at is triggered, and the cursor moves on. */
    synchronized void begin() {
        put(next, BatchState.TRIGGERED);
        next++;
    }

    /** A batch was dispatched: the one that the cursor points at, or one before it once more. */
    synchronized void replay(int index) {
        if (index == next) {
            begin();
        }
    }

    /** A triggered batch will never be known to have ended, and is to be dispatched again. */
    synchronized void loseOutcome(int index) {
        put(index, state(index).outcomeLost());
    }

    /** How often a batch has been dispatched without anybody knowing how it ended. */
    synchronized int unknownOutcomes(int index) {
        return state(index).unknownOutcomes();
    }

    /** The end of a batch is written, but not on disk yet. Returns whether with it every batch has ended. */
    synchronized boolean writeEnd() {
        return ++endsWritten == batches();
    }

    synchronized void unwriteEnd() {
        endsWritten--;
    }

    /** A triggered batch ended; throws if it is not triggered. */
    synchronized void end(int index, Outcome outcome) {
        BatchState ended = state(index).ended(outcome);
        if (ended.equals(BatchState.COMPLETED)) {
            open.remove(index);
            open = open.isEmpty() ? Map.of() : open;
        } else {
            put(index, ended);
        }
    }

    synchronized boolean hasEnded() {
        return endsWritten == batches();
    }

    /** Batches that have not been dispatched. */
    synchronized int waiting() {
        return batches() - next;
    }

    synchronized Ingestion snapshot() {
        return new Ingestion(id, priority, createdAt(), ids, batchSize, next, open);
    }

    UUID id() {
        return id;
    }

    Priority priority() {
        return priority;
    }

    long sequence() {
        return sequence;
    }

    Instant createdAt() {
        return Moment.instant(createdAtMicros);
    }

    int batches() {
        return Batch.count(ids, batchSize);
    }

    private BatchState state(int index) {
        return open.getOrDefault(index, BatchState.COMPLETED);
    }

    private void put(int index, BatchState state) {
        if (open.isEmpty()) {
            open = new HashMap<>(2);
        }
        open.put(index, state);
    }
}
