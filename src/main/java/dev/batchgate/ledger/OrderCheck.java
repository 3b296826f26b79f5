package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * Every slot goes to the most urgent batch of those that wait for nothing else: by priority, which may have been changed,
 * acceptance, and place in the ingestion.
 */
final class OrderCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;

    OrderCheck(Findings findings, Backlog backlog) {
        this.findings = findings;
        this.backlog = backlog;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Course mostUrgent = backlog.mostUrgent(dispatch);
        Course course = backlog.course(dispatch.ingestion());
        if (course == null) {
            findings.add("order", "slot %d took %s before it was accepted", dispatch.slot(), dispatch.name());
            return;
        }
        requirePriority(dispatch, course);
        if (!wentFirst(dispatch, course)) {
            requirePlace(dispatch, course);
            requireMostUrgent(dispatch, course, mostUrgent);
        }
    }

    private void requirePriority(Dispatch dispatch, Course course) {
        String submitted = course.ingestion().priority();
        if (!course.priority().equals(dispatch.priority())) {
            findings.add(
                    "priority",
                    "slot %d took %s, which was %s %s",
                    dispatch.slot(),
                    dispatch.name(),
                    course.priority().equals(submitted) ? "accepted as" : "moved to",
                    course.priority());
        }
    }

    /** Runs of the older version repeated what a crash hid before they did anything else. */
    private static boolean wentFirst(Dispatch dispatch, Course course) {
        LastDispatch last = course.last(dispatch.batch());
        return dispatch.run().older() && last != null && last.dispatch().isLost();
    }

    private void requirePlace(Dispatch dispatch, Course course) {
        int batches = course.ingestion().batches();
        if (dispatch.batch() >= batches) {
            findings.add(
                    "order", "slot %d took %s, which has no more than %d", dispatch.slot(), dispatch.name(), batches);
        } else if (dispatch.batch() > course.mostUrgentBatch()) {
            findings.add(
                    "order",
                    "slot %d took %s, but its next is batch %d of %d",
                    dispatch.slot(),
                    dispatch.name(),
                    course.mostUrgentBatch() + 1,
                    batches);
        }
    }

    private void requireMostUrgent(Dispatch dispatch, Course course, @Nullable Course mostUrgent) {
        if (mostUrgent != null && Course.MOST_URGENT_FIRST.compare(mostUrgent, course) < 0) {
            findings.add(
                    mostUrgent.priority().equals(course.priority()) ? "FIFO" : "priority",
                    "slot %d took %s while ingestion %d (%s) was waiting",
                    dispatch.slot(),
                    dispatch.name(),
                    mostUrgent.ingestion().sequence(),
                    mostUrgent.priority());
        }
    }
}
