package dev.batchgate.ledger;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * No batch starts within an interval of the departure of the one before. Judged by the monotonic clock alone, so that
 * nobody who sets the wall clock makes or hides a violation. Where two runs do not share one, or the end of the run
 * before hides when its last batch left, a slot must keep its distance from the start of its own run, before which the
 * other was over.
 */
final class SpacingCheck implements Check {

    private final Findings findings;
    private @Nullable Dispatch before;
    private long leastGap = Long.MAX_VALUE;

    SpacingCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Dispatch previous = before;
        before = dispatch;
        if (previous == null) {
            return;
        }
        boolean sameRun = previous.run().is(dispatch.run());
        if (sameRun || previous.run().sharesClockWith(dispatch.run())) {
            leastGap = Math.min(leastGap, dispatch.leftTicks() - previous.leftTicks());
            require(dispatch, previous.leftTicks(), "slot " + previous.slot());
        }
        if (!sameRun && (previous.departedTicks() == null || !previous.run().sharesClockWith(dispatch.run()))) {
            require(
                    dispatch,
                    dispatch.run().startedTicks(),
                    "the start of run " + dispatch.run().number());
        }
    }

    private void require(Dispatch dispatch, long sinceTicks, String since) {
        long gap = dispatch.startedTicks() - sinceTicks;
        if (gap < dispatch.run().interval()) {
            findings.add(
                    "spacing",
                    "slot %d starts %s after %s, which is less than the interval of %s",
                    dispatch.slot(),
                    Duration.ofNanos(gap),
                    since,
                    Duration.ofNanos(dispatch.run().interval()));
        }
    }

    /** The least time between two departures; empty where no two can be compared. */
    Optional<Duration> leastGap() {
        return leastGap == Long.MAX_VALUE ? Optional.empty() : Optional.of(Duration.ofNanos(leastGap));
    }
}
