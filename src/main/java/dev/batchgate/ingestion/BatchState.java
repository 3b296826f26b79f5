package dev.batchgate.ingestion;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of one batch so far.
 *
 * @param attempts how often it has been dispatched
 * @param startedAt when it was dispatched first; null if it never was
 * @param finishedAt when it ended; null until it has
 * @param error why ids of it failed for good, or, while it waits to be dispatched again, why it has to
 * @param nextAttemptAt the earliest moment at which it is dispatched again; null unless it waits for that
 * @param unknownOutcomes dispatches of which nobody knows how they ended, because the process did before them
 */
public record BatchState(
        BatchStatus status,
        int attempts,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        @Nullable String error,
        @Nullable Instant nextAttemptAt,
        int unknownOutcomes) {

    public static final BatchState YET_TO_START =
            new BatchState(BatchStatus.YET_TO_START, 0, null, null, null, null, 0);

    public BatchState {
        if ((attempts == 0) != (startedAt == null)) {
            throw new IllegalArgumentException(attempts + " attempts, the first of them at " + startedAt);
        }
        if (status.isEnd() != (finishedAt != null)) {
            throw new IllegalArgumentException("a batch that is " + status + " cannot have ended at " + finishedAt);
        }
        if (status == BatchStatus.FAILED && error == null) {
            throw new IllegalArgumentException("a batch does not fail without an error");
        }
        if (nextAttemptAt != null && status != BatchStatus.TRIGGERED) {
            throw new IllegalArgumentException("a batch that is " + status + " waits for no dispatch");
        }
        if (unknownOutcomes < 0 || unknownOutcomes > attempts) {
            throw new IllegalArgumentException(unknownOutcomes + " of " + attempts + " outcomes are unknown");
        }
    }

    /** One that completed at its first attempt, as most do. */
    public static BatchState completed(Instant startedAt, Instant finishedAt) {
        return new BatchState(BatchStatus.COMPLETED, 1, startedAt, finishedAt, null, null, 0);
    }

    /** Whether it has been dispatched and waits to be dispatched again. */
    public boolean isWaiting() {
        return nextAttemptAt != null;
    }

    /** Of its dispatches, how many have begun and how many have ended. */
    public long revision() {
        return 2L * attempts - (isInFlight() ? 1 : 0);
    }

    /** The state once it is dispatched, for the first time or again. */
    public BatchState dispatched(Instant now) {
        require(status == BatchStatus.YET_TO_START || isWaiting(), "be dispatched");
        return new BatchState(
                BatchStatus.TRIGGERED,
                attempts + 1,
                startedAt == null ? now : startedAt,
                null,
                null,
                null,
                unknownOutcomes);
    }

    /** The state once a dispatch came back without some of its ids. */
    public BatchState incomplete(String why, Instant again) {
        require(isInFlight(), "come back");
        return waiting(why, again, unknownOutcomes);
    }

    /** The state once the process ended before the dispatch did. */
    public BatchState outcomeLost(Instant again) {
        require(isInFlight(), "be lost");
        return waiting(error, again, unknownOutcomes + 1);
    }

    /** The state once its failed ids are asked for again. */
    public BatchState retried(Instant again) {
        require(status == BatchStatus.FAILED, "be retried");
        return waiting(null, again, unknownOutcomes);
    }

    /** The state once none of its ids is to be asked for any more. */
    public BatchState ended(BatchStatus end, @Nullable String why, Instant now) {
        require(end.isEnd() && !status.isEnd(), "end as " + end);
        return new BatchState(end, attempts, startedAt, now, why, null, unknownOutcomes);
    }

    private boolean isInFlight() {
        return status == BatchStatus.TRIGGERED && !isWaiting();
    }

    private BatchState waiting(@Nullable String why, Instant again, int unknown) {
        return new BatchState(BatchStatus.TRIGGERED, attempts, startedAt, null, why, again, unknown);
    }

    private void require(boolean legal, String step) {
        if (!legal) {
            throw new IllegalStateException("a batch cannot %s in this state: %s".formatted(step, this));
        }
    }
}
