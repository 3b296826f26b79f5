package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger.
 *
 * @param startedTicks when it was recorded, just before its call, in nanoseconds of its run's monotonic clock
 * @param newest sequence of the newest ingestion that there was to choose from
 * @param attempt counted from 1
 * @param outcome null while it is in flight
 * @param departedTicks when its last request was on its way; null while that is not known
 * @param endedTicks null while it is in flight, or if that was never known
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
        @Nullable Long endedTicks) {

    static final String UNKNOWN = "unknown";

    /** The batch in words. */
    String name() {
        return "batch %d of ingestion %d (%s)".formatted(batch + 1, ingestion, priority);
    }

    boolean isOver() {
        return outcome != null;
    }

    boolean isLost() {
        return UNKNOWN.equals(outcome);
    }

    /** When it left, as late as is known. */
    long leftTicks() {
        return departedTicks == null ? startedTicks : Math.max(startedTicks, departedTicks);
    }
}
