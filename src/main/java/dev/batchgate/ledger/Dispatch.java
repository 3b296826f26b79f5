package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger.
 *
 * @param startedTicks when it was decided and recorded, just before its call, in nanoseconds of its run's monotonic clock
 * @param newest sequence of the newest ingestion that there was to choose from
 * @param attempt counted from 1
 * @param outcome null while it is in flight
 * @param departedTicks when its last request was on its way; null while that is not known
 * @param endedTicks null while it is in flight, or if that was never known
 * @param batchStatus how the batch has ended, at once or while it waited to be dispatched again; null if it has not
 * @param retry the wait before the batch may be dispatched again; null if it ended with this
 * @param retried the order that queued the batch again after it had failed; null if none did
 * @param hold how long the upstream closed the gate; null if it did not
 */
record Dispatch(
        long slot,
        Run run,
        long startedTicks,
        long newest,
        long ingestion,
        String priority,
        int batch,
        int attempt,
        @Nullable String outcome,
        @Nullable Long departedTicks,
        @Nullable Long endedTicks,
        @Nullable String batchStatus,
        @Nullable Wait retry,
        @Nullable Long retried,
        @Nullable Wait hold) {

    static final String COMPLETED = "completed";
    static final String FAILED = "failed";
    static final String CANCELLED = "cancelled";
    static final String INCOMPLETE = "incomplete";
    static final String UNREACHABLE = "unreachable";
    static final String UNKNOWN = "unknown";

    /** The batch in words. */
    String name() {
        return "batch %d of ingestion %d (%s)".formatted(batch + 1, ingestion, priority);
    }

    boolean isOver() {
        return outcome != null;
    }

    /** Whether a crash hid how it ended, or will have if it is in flight no longer. */
    boolean isLost() {
        return outcome == null || outcome.equals(UNKNOWN);
    }

    /** Whether some ids were to be asked for again when it ended, whatever became of them since. */
    boolean isIncomplete() {
        boolean missed = INCOMPLETE.equals(outcome) || UNREACHABLE.equals(outcome);
        return isLost() || (missed && (batchStatus == null || retry != null));
    }

    boolean isInFlightAt(Dispatch later) {
        return run.is(later.run) && (isLost() || endedTicks == null || endedTicks > later.startedTicks);
    }

    /** The first moment at which its batch may be dispatched again in a run, its own or a later one. */
    long dueIn(Run in) {
        if (!run.is(in)) {
            return isLost() || retry == null ? in.startedTicks() : retry.overInLater(in);
        }
        if (isLost() || endedTicks == null) {
            return Long.MAX_VALUE;
        }
        return retry == null ? endedTicks : Math.max(endedTicks, retry.ticks());
    }

    /** The same, but certainly: who was dispatched in the moment of its end may have been chosen before it. */
    long certainlyDueIn(Run in) {
        return run.is(in) && endedTicks != null ? Math.max(dueIn(in), endedTicks + 1) : dueIn(in);
    }

    /** When it left, as late as is known. */
    long leftTicks() {
        return departedTicks == null ? startedTicks : Math.max(startedTicks, departedTicks);
    }
}
