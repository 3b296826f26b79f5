package dev.batchgate.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Nothing is dispatched before the upstream wants to be asked again, once a dispatch has ended with such an answer. What
 * is left of the time when an era ends, the next one waits.
 */
final class HoldCheck implements Check {

    /** A batch may be chosen that much before its slot opens, and is held back if the gate is closed in between. */
    private static final long AHEAD_NANOS = 10_000_000;

    private final Findings findings;

    /** Those that have not ended yet when the latest slot is given. */
    private final PriorityQueue<Hold> pending = new PriorityQueue<>(Comparator.comparingLong(Hold::endedTicks));

    /** Those of all eras so far that a later one may have to wait for. */
    private final List<Hold> holds = new ArrayList<>();

    private @Nullable Era era;
    private @Nullable Hold closing;
    private long closedUntil;

    private record Hold(Dispatch dispatch, Wait time, long endedTicks) {

        /** Whether no era can have to wait longer for the other than for this one. */
        boolean covers(Hold other) {
            return time.until() >= other.time.until() && length() >= other.length();
        }

        private long length() {
            return time.until() - time.since();
        }
    }

    HoldCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        if (era == null || !era.is(dispatch.era())) {
            enter(dispatch.era());
        }
        // In the moment in which an upstream closes the gate, it may have been open.
        while (!pending.isEmpty() && pending.peek().endedTicks() < chosen(dispatch)) {
            Hold ended = pending.remove();
            close(ended, ended.time().ticks());
        }
        if (closing != null && dispatch.startedTicks() < closedUntil && !Dispatch.UNSENT.equals(dispatch.outcome())) {
            findings.add(
                    "retry-after",
                    "slot %d starts %s before the upstream wanted to be asked again, as it said in slot %d",
                    dispatch.slot(),
                    Duration.ofNanos(closedUntil - dispatch.startedTicks()),
                    closing.dispatch().slot());
        }
        if (dispatch.hold() != null && dispatch.endedTicks() != null) {
            remember(new Hold(dispatch, dispatch.hold(), dispatch.endedTicks()));
        }
    }

    /** When it was, at the earliest, if nobody knows whether it left. */
    private static long chosen(Dispatch dispatch) {
        return dispatch.startedTicks() - (dispatch.isLost() ? AHEAD_NANOS : 0);
    }

    private void enter(Era entered) {
        era = entered;
        closing = null;
        pending.clear();
        holds.forEach(hold -> close(hold, hold.time().overInLater(entered)));
    }

    private void close(Hold hold, long ticks) {
        if (closing == null || ticks > closedUntil) {
            closing = hold;
            closedUntil = ticks;
        }
    }

    private void remember(Hold hold) {
        pending.add(hold);
        if (holds.stream().noneMatch(other -> other.covers(hold))) {
            holds.removeIf(hold::covers);
            holds.add(hold);
        }
    }
}
