package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * What became of one batch so far.
 *
 * @param error why the batch failed; null unless it did
 */
public record BatchState(BatchStatus status, @Nullable String error) {

    public static final BatchState YET_TO_START = new BatchState(BatchStatus.YET_TO_START, null);
    public static final BatchState TRIGGERED = new BatchState(BatchStatus.TRIGGERED, null);
    public static final BatchState COMPLETED = new BatchState(BatchStatus.COMPLETED, null);

    public BatchState {
        if ((status == BatchStatus.FAILED) != (error != null)) {
            throw new IllegalArgumentException("a batch has an error if, and only if, it failed: " + status);
        }
    }

    public static BatchState failed(String error) {
        return new BatchState(BatchStatus.FAILED, error);
    }

    /** The state after the fetch ended with {@code outcome}; throws unless a fetch is under way. */
    public BatchState ended(Outcome outcome) {
        if (status != BatchStatus.TRIGGERED) {
            throw new IllegalStateException("only a triggered batch can end, this one is " + status);
        }
        return outcome instanceof Outcome.Failed failed ? failed(failed.reason()) : COMPLETED;
    }
}
