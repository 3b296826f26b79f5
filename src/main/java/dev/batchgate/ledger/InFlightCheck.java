package dev.batchgate.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * No more batches are in flight at once, over all replicas, than the run allows that starts one more. What was in flight
 * when an era ended is so no longer.
 */
final class InFlightCheck implements Check {

    private final Findings findings;
    private final List<Dispatch> inFlight = new ArrayList<>();

    InFlightCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        inFlight.removeIf(earlier -> !earlier.era().is(dispatch.era())
                || (earlier.endedTicks() != null && earlier.endedTicks() <= dispatch.startedTicks()));
        inFlight.add(dispatch);
        if (inFlight.size() > dispatch.run().maxInFlight()) {
            findings.add(
                    "in flight",
                    "slot %d started while %d batches were in flight, of at most %d",
                    dispatch.slot(),
                    inFlight.size() - 1,
                    dispatch.run().maxInFlight());
        }
    }
}
