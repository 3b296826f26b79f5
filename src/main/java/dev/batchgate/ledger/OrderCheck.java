package dev.batchgate.ledger;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Every slot goes to the most urgent batch of those that wait for nothing else: by priority, which may have been changed,
 * acceptance, and place in the ingestion; and by age and turn, if its run went by them.
 */
final class OrderCheck implements Check {

    private final Findings findings;
    private final Backlog backlog;
    private final Turns turns;

    OrderCheck(Findings findings, Backlog backlog, Turns turns) {
        this.findings = findings;
        this.backlog = backlog;
        this.turns = turns;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Collection<Course> foremost = backlog.foremost(dispatch);
        Course course = backlog.course(dispatch.ingestion());
        if (course == null) {
            findings.add("order", "slot %d took %s before it was accepted", dispatch.slot(), dispatch.name());
            return;
        }
        requirePriority(dispatch, course);
        if (!wentFirst(dispatch, course)) {
            requirePlace(dispatch, course);
            requireMostUrgent(dispatch, course, foremost);
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

    private void requireMostUrgent(Dispatch dispatch, Course course, Collection<Course> foremost) {
        if (!canBeJudged(dispatch, course)) {
            return;
        }
        Precedence precedence = Precedence.in(dispatch, turns);
        foremost.stream()
                .filter(waiting -> precedence.goesBefore(waiting, course))
                .min(precedence.order())
                .ifPresent(mostUrgent -> addFinding(dispatch, course, mostUrgent, precedence));
    }

    /** Whether all is known by which the slot was given: by what, and how old its batch was and whose. */
    private static boolean canBeJudged(Dispatch dispatch, Course course) {
        if (dispatch.run().isUnknown()) {
            return dispatch.createdAt() == null;
        }
        return dispatch.run().fairness().isStrict() || course.ingestion().isOriginKnown();
    }

    private void addFinding(Dispatch dispatch, Course course, Course mostUrgent, Precedence precedence) {
        String reason = precedence.reason(mostUrgent, course);
        findings.add(
                reason,
                "slot %d took %s while ingestion %d (%s) was waiting%s",
                dispatch.slot(),
                dispatch.name(),
                mostUrgent.ingestion().sequence(),
                mostUrgent.priority(),
                more(reason, mostUrgent.ingestion(), dispatch.startedAt()));
    }

    private static String more(String reason, Accepted mostUrgent, long at) {
        Long createdAt = mostUrgent.createdAt();
        return switch (reason) {
            case Precedence.TURN -> ", and it was the turn of " + key(mostUrgent.owner());
            case Precedence.AGING ->
                createdAt == null ? "" : ", and had been for " + Duration.of(at - createdAt, ChronoUnit.MICROS);
            default -> "";
        };
    }

    private static String key(@Nullable String owner) {
        return owner == null ? "those without a key" : "key " + owner;
    }
}
