package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * One row of the ledger.
 *
 * @param startedAt when it was decided and recorded, just before its call, in microseconds since 1970
 * @param startedTicks the same on the clock of its era, in nanoseconds
 * @param newest sequence of the newest ingestion that there was to choose from
 * @param attempt counted from 1
 * @param outcome null while it is in flight
 * @param departedTicks when its last request was on its way; null while that is not known
 * @param endedAt like startedAt; null where endedTicks is
 * @param endedTicks null while it is in flight, or if that was never known; among replicas, of one that was lost, when
 *     that was noticed
 * @param batchStatus how the batch has ended, at once or while it waited to be dispatched again; null if it has not
 * @param retry the wait before the batch may be dispatched again; null if it ended with this
 * @param retried the order that queued the batch again after it had failed; null if none did
 * @param hold how long the upstream closed the gate; null if it did not
 * @param owner name of the key; null if there is none, and where neither keys took turns nor anybody was lifted
 * @param createdAt when its ingestion was accepted, in microseconds since 1970; null likewise
 * @param turn the rank whose turn it was, 0 for the highest; null where keys took none
 */
record Dispatch(
        long slot,
        Run run,
        long startedAt,
        long startedTicks,
        long newest,
        long ingestion,
        String priority,
        int batch,
        int attempt,
        @Nullable String outcome,
        @Nullable Long departedTicks,
        @Nullable Long endedAt,
        @Nullable Long endedTicks,
        @Nullable String batchStatus,
        @Nullable Wait retry,
        @Nullable Long retried,
        @Nullable Wait hold,
        @Nullable String owner,
        @Nullable Long createdAt,
        @Nullable Integer turn) {

    static final String COMPLETED = "completed";
    static final String FAILED = "failed";
    static final String CANCELLED = "cancelled";
    static final String INCOMPLETE = "incomplete";
    static final String UNREACHABLE = "unreachable";
    static final String UNKNOWN = "unknown";

    /** Nothing of it was sent: its replica was held up for too long, or never heard that it had the slot; or the gate was closed just before. */
    static final String UNSENT = "unsent";

    Era era() {
        return run.era();
    }

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
        boolean missed = INCOMPLETE.equals(outcome) || UNREACHABLE.equals(outcome) || UNSENT.equals(outcome);
        return isLost() || (missed && (batchStatus == null || retry != null));
    }

    /** Whether its process had not been told, or found, to be done with it when another one was started. */
    boolean isInFlightAt(Dispatch later) {
        Long end = endInEra();
        return era().is(later.era()) && (end == null || end > later.startedTicks);
    }

    /** When its batch was done with it, as long as its era lasted; only replicas notice that one is lost. */
    private @Nullable Long endInEra() {
        return outcome == null || (isLost() && !era().isShared()) ? null : endedTicks;
    }

    /** The first moment at which its batch may be dispatched again in an era, its own or a later one. */
    long dueIn(Era in) {
        if (!era().is(in)) {
            return isLost() || retry == null ? in.startedTicks() : retry.overInLater(in);
        }
        Long end = endInEra();
        if (end == null) {
            return Long.MAX_VALUE;
        }
        return retry == null ? end : Math.max(end, retry.ticks());
    }

    /** The same, but certainly: who was dispatched in the moment of its end may have been chosen before it. */
    long certainlyDueIn(Era in) {
        if (!era().is(in)) {
            return isLost() || retry == null ? dueIn(in) : retry.certainlyOverInLater(in);
        }
        return endedTicks == null ? dueIn(in) : Math.max(dueIn(in), endedTicks + 1);
    }

    /** When it left, as late as is known. */
    long leftTicks() {
        return departedTicks == null ? startedTicks : Math.max(startedTicks, departedTicks);
    }

    /** The same by the wall clock, by which it was gone at its end if nothing else is known. */
    long leftAt() {
        if (departedTicks == null && endedAt != null) {
            return endedAt;
        }
        return startedAt + (leftTicks() - startedTicks) / 1_000;
    }
}
