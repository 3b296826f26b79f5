package dev.batchgate.ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/** What was cancelled is not dispatched any more, and ends; and nothing else ends as cancelled. */
final class CancelCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;

    /** By ingestion, where no order to cancel it has been told of. */
    private final Map<Long, Dispatch> cancelled = new LinkedHashMap<>();

    CancelCheck(Findings findings, Backlog backlog) {
        this.findings = findings;
        this.backlog = backlog;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Course course = backlog.course(dispatch.ingestion());
        if (course == null) {
            return;
        }
        if (course.isCancelled(dispatch.batch())) {
            findings.add("cancel", "slot %d took %s, which had been cancelled", dispatch.slot(), dispatch.name());
        }
        // Of what has been deleted, the order may have been deleted too.
        if (Dispatch.CANCELLED.equals(dispatch.batchStatus())
                && !course.isCancelled()
                && !course.ingestion().deleted()) {
            cancelled.putIfAbsent(dispatch.ingestion(), dispatch);
        }
    }

    @Override
    public void ordered(Control control) {
        if (control.isCancel() && control.ingestion() != null) {
            cancelled.remove(control.ingestion());
        }
    }

    @Override
    public void end() {
        cancelled
                .values()
                .forEach(dispatch -> findings.add(
                        "cancel",
                        "%s ended as cancelled with slot %d, though nobody cancelled it",
                        dispatch.name(),
                        dispatch.slot()));
        backlog.courses().forEach(course -> course.noted().forEach(this::requireEnd));
    }

    private void requireEnd(LastDispatch last) {
        Dispatch dispatch = last.dispatch();
        boolean told = dispatch.equals(cancelled.get(dispatch.ingestion()));
        if (last.isWithdrawn() && dispatch.isOver()) {
            findings.add(
                    "cancel", "%s was cancelled, but has not ended since slot %d", dispatch.name(), dispatch.slot());
        }
        if (last.isWaiting() && dispatch.batchStatus() != null && !told) {
            findings.add(
                    "cancel",
                    "%s ended as %s while it waited after slot %d, though nobody cancelled it",
                    dispatch.name(),
                    dispatch.batchStatus(),
                    dispatch.slot());
        }
    }
}
