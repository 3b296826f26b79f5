package dev.batchgate.ledger;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A batch is dispatched again only if it has not ended, or its failed ids were asked for again; not while it is in flight,
 * not before its time, and every time counts.
 */
final class RepeatCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;
    private long retries;
    private long repeats;

    RepeatCheck(Findings findings, Backlog backlog) {
        this.findings = findings;
        this.backlog = backlog;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Course course = backlog.course(dispatch.ingestion());
        if (course == null) {
            return;
        }
        LastDispatch last = course.last(dispatch.batch());
        if (!course.wasDispatched(dispatch.batch())) {
            requireFirst(dispatch);
            return;
        }
        if (last != null && last.dispatch().isLost()) {
            repeats++;
        } else {
            retries++;
        }
        if (last != null) {
            requireAttempt(dispatch, last.dispatch());
        }
        if (!course.isCancelled(dispatch.batch()) && !course.isCut(dispatch.batch())) {
            requireReason(dispatch, last);
        }
    }

    private void requireFirst(Dispatch dispatch) {
        if (dispatch.attempt() != 1) {
            findings.add(
                    "repeat",
                    "slot %d is attempt %d at %s, which was never dispatched before",
                    dispatch.slot(),
                    dispatch.attempt(),
                    dispatch.name());
        }
    }

    private void requireAttempt(Dispatch dispatch, Dispatch before) {
        if (dispatch.attempt() != before.attempt() + 1) {
            findings.add(
                    "repeat",
                    "slot %d is attempt %d at %s, which follows attempt %d",
                    dispatch.slot(),
                    dispatch.attempt(),
                    dispatch.name(),
                    before.attempt());
        }
    }

    private void requireReason(Dispatch dispatch, @Nullable LastDispatch last) {
        if (last == null || last.hasEnded()) {
            findings.add("repeat", "slot %d repeats %s, whose outcome was known", dispatch.slot(), dispatch.name());
        } else if (last.isWaiting()) {
            requireWait(dispatch, last.dispatch());
        }
    }

    private void requireWait(Dispatch dispatch, Dispatch before) {
        if (before.isInFlightAt(dispatch)) {
            findings.add(
                    "repeat",
                    "slot %d took %s, which was in flight since slot %d",
                    dispatch.slot(),
                    dispatch.name(),
                    before.slot());
            return;
        }
        long early = before.dueIn(dispatch.era()) - dispatch.startedTicks();
        if (early > 0) {
            findings.add(
                    "backoff",
                    "slot %d took %s %s before its retry was due",
                    dispatch.slot(),
                    dispatch.name(),
                    Duration.ofNanos(early));
        }
    }

    /** Dispatches of what had come back without all of its ids, or was asked for again. */
    long retries() {
        return retries;
    }

    /** Dispatches of what a crash hid the outcome of. */
    long repeats() {
        return repeats;
    }
}
