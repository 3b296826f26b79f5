package dev.batchgate.ledger;

import java.util.Objects;

/** What a dispatch is recorded to have brought agrees with what became of its batch. */
final class OutcomeCheck implements Check {

    private final Findings findings;

    OutcomeCheck(Findings findings) {
        this.findings = findings;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        String outcome = Objects.requireNonNullElse(dispatch.outcome(), "in flight");
        String status = Objects.requireNonNullElse(dispatch.batchStatus(), "not ended");
        boolean agrees = switch (outcome) {
            case Dispatch.COMPLETED, Dispatch.FAILED -> isEnd(status);
            case Dispatch.INCOMPLETE, Dispatch.UNREACHABLE, Dispatch.UNKNOWN, Dispatch.UNSENT -> true;
            case "in flight" -> dispatch.batchStatus() == null;
            default -> false;
        };
        if (!agrees || (status.equals(Dispatch.COMPLETED) && !outcome.equals(Dispatch.COMPLETED))) {
            findings.add("ledger", "slot %d is %s, while its batch is %s", dispatch.slot(), outcome, status);
        }
        if (dispatch.retried() != null && !status.equals(Dispatch.FAILED)) {
            findings.add(
                    "ledger",
                    "slot %d says that %s was asked for again, but not that it had failed",
                    dispatch.slot(),
                    dispatch.name());
        }
    }

    private static boolean isEnd(String status) {
        return status.equals(Dispatch.COMPLETED) || status.equals(Dispatch.FAILED) || status.equals(Dispatch.CANCELLED);
    }
}
