package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/** Nothing is dispatched while the gate is paused, whoever started in the meantime. */
final class PauseCheck implements Check {

    private final Findings findings;
    private @Nullable Control pause;

    PauseCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void ordered(Control control) {
        if (control.isPause()) {
            pause = control;
        } else if (control.isResume()) {
            pause = null;
        }
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        if (pause != null) {
            findings.add(
                    "pause",
                    "slot %d took %s while the gate was paused by control %d",
                    dispatch.slot(),
                    dispatch.name(),
                    pause.number());
        }
    }
}
