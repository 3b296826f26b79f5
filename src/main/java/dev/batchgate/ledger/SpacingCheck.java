package dev.batchgate.ledger;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * No batch starts within an interval of the departure of the one before, whoever started that. Judged by the clock of
 * their era alone, so that nobody who sets that of a machine makes or hides a violation. Where two eras do not share one,
 * or the end of the era before hides when its last batch left, a slot must keep its distance from the start of its own
 * era, before which the other was over. Replicas that take a store over have nothing to go by but the wall clock.
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
        if (previous.era().is(dispatch.era())) {
            requireGap(previous, dispatch);
        } else if (dispatch.era().isShared()) {
            long gapMicros = dispatch.startedAt() - previous.leftAt();
            require(dispatch, 1_000 * gapMicros, "slot %d by the wall clock".formatted(previous.slot()));
        } else {
            boolean comparable = previous.era().sharesClockWith(dispatch.era());
            if (comparable) {
                requireGap(previous, dispatch);
            }
            if (!comparable || previous.departedTicks() == null) {
                requireGapAfterStart(dispatch);
            }
        }
    }

    private void requireGap(Dispatch previous, Dispatch dispatch) {
        leastGap = Math.min(leastGap, dispatch.leftTicks() - previous.leftTicks());
        require(dispatch, dispatch.startedTicks() - previous.leftTicks(), "slot " + previous.slot());
    }

    private void requireGapAfterStart(Dispatch dispatch) {
        long gap = dispatch.startedTicks() - dispatch.era().startedTicks();
        require(dispatch, gap, "the start of run " + dispatch.run().number());
    }

    private void require(Dispatch dispatch, long gap, String since) {
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
