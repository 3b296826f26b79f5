package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Micros;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A slot that was given by turns or ages says whose it was, how old, and in which rank it was its turn; since that is what
 * later slots, and later proofs, go by. No other slot does.
 */
final class FairnessCheck implements Check {

    private static final List<String> RANKS = List.of("HIGH", "MEDIUM", "LOW");

    private final Findings findings;
    private final Backlog backlog;

    FairnessCheck(Findings findings, Backlog backlog) {
        this.findings = findings;
        this.backlog = backlog;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        Course course = backlog.course(dispatch.ingestion());
        if (course == null || dispatch.run().isUnknown()) {
            return;
        }
        if (dispatch.run().fairness().isStrict()) {
            requireNothing(dispatch);
        } else if (course.ingestion().isOriginKnown()) {
            requireAll(dispatch, course);
        } else {
            findings.add("ledger", "slot %d does not say when %s was accepted", dispatch.slot(), dispatch.name());
        }
    }

    private void requireNothing(Dispatch dispatch) {
        if (dispatch.owner() != null || dispatch.createdAt() != null || dispatch.turn() != null) {
            findings.add(
                    "ledger",
                    "slot %d tells of turns or ages, though its run went by priority and acceptance alone",
                    dispatch.slot());
        }
    }

    private void requireAll(Dispatch dispatch, Course course) {
        Fairness fairness = dispatch.run().fairness();
        Accepted ingestion = course.ingestion();
        Integer rank = fairness.takesTurns()
                ? course.turn(fairness, dispatch.startedAt()).rank()
                : null;
        require(dispatch, "time of acceptance", time(dispatch.createdAt()), time(ingestion.createdAt()));
        require(dispatch, "key", word(dispatch.owner()), word(ingestion.owner()));
        require(dispatch, "turn", priority(dispatch.turn()), priority(rank));
    }

    private void require(Dispatch dispatch, String what, String told, String known) {
        if (!told.equals(known)) {
            findings.add("ledger", "slot %d has %s for its %s, which is %s", dispatch.slot(), told, what, known);
        }
    }

    private static String time(@Nullable Long micros) {
        return word(micros == null ? null : Micros.instant(micros));
    }

    private static String priority(@Nullable Integer rank) {
        return word(rank == null || rank < 0 || rank >= RANKS.size() ? rank : RANKS.get(rank));
    }

    private static String word(@Nullable Object value) {
        return Objects.toString(value, "none");
    }
}
