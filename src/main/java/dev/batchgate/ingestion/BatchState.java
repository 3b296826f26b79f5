package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * What became of one batch so far.
 *
 * @param error why the batch failed; null unless it did
 * @param unknownOutcomes earlier dispatches of which nobody knows how they ended, because the process did before them
 */
public record BatchState(BatchStatus status, @Nullable String error, int unknownOutcomes) {

    public static final BatchState YET_TO_START = new BatchState(BatchStatus.YET_TO_START, null, 0);
    public static final BatchState TRIGGERED = new BatchState(BatchStatus.TRIGGERED, null, 0);
    public static final BatchState COMPLETED = new BatchState(BatchStatus.COMPLETED, null, 0);

    public BatchState {
        if ((status == BatchStatus.FAILED) != (error != null)) {
            throw new IllegalArgumentException("a batch has an error if, and only if, it failed: " + status);
        }
        if (unknownOutcomes < 0 || (unknownOutcomes > 0 && status == BatchStatus.YET_TO_START)) {
            throw new IllegalArgumentException(unknownOutcomes + " outcomes are unknown of a batch that is " + status);
        }
    }

    /** The state after the fetch ended with {@code outcome}; throws unless a fetch is under way. */
    public BatchState ended(Outcome outcome) {
        requireTriggered();
        return outcome instanceof Outcome.Failed failed
                ? new BatchState(BatchStatus.FAILED, failed.reason(), unknownOutcomes)
                : new BatchState(BatchStatus.COMPLETED, null, unknownOutcomes);
    }

    /** The state after the process ended before the fetch did: it waits to be dispatched again. */
    public BatchState outcomeLost() {
        requireTriggered();
        return new BatchState(BatchStatus.TRIGGERED, null, unknownOutcomes + 1);
    }

    private void requireTriggered() {
        if (status != BatchStatus.TRIGGERED) {
            throw new IllegalStateException("only a triggered batch can end, this one is " + status);
        }
    }
}
