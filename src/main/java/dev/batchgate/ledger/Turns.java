package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import java.util.HashMap;
import java.util.Map;

/** In which slot everybody had the last turn in each rank, as far as the ledger tells and the replay has come. */
final class Turns implements Check {

    private static final Fairness BY_KEYS = new Fairness(true, null);

    private final Backlog backlog;
    private final Cut cut;
    private final Map<Fairness.Turn, Long> last = new HashMap<>();

    Turns(Backlog backlog, Cut cut) {
        this.backlog = backlog;
        this.cut = cut;
    }

    /** By what the slot was, which its row may deny. */
    @Override
    public void dispatched(Dispatch dispatch) {
        Course course = backlog.course(dispatch.ingestion());
        Fairness fairness = dispatch.run().fairness();
        if (course != null && fairness.takesTurns() && course.ingestion().isOriginKnown()) {
            last.put(course.turn(fairness, dispatch.startedAt()), dispatch.slot());
        } else if (dispatch.turn() != null) {
            last.put(BY_KEYS.turn(dispatch.turn(), dispatch.owner()), dispatch.slot());
        }
    }

    /** 0 if it had none since the ledger begins. */
    long last(Fairness.Turn turn) {
        return last.getOrDefault(turn, 0L);
    }

    /**
     * Whether nobody can say which of two turns was the longer ago: both were before the ledger begins, or never. One of
     * which it tells was later than one of which it does not, whatever that was.
     */
    boolean areLost(Fairness.Turn one, Fairness.Turn other) {
        return cut.isCut() && last(one) == 0 && last(other) == 0;
    }
}
