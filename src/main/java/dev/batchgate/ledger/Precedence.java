package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import java.util.Comparator;

/**
 * Who goes before whom in one slot, by the settings of the run that gave it.
 *
 * @param at microseconds since 1970
 */
record Precedence(Fairness fairness, long at, Turns turns) {

    static final String TURN = "turn";
    static final String AGING = "aging";

    static Precedence in(Dispatch dispatch, Turns turns) {
        return new Precedence(dispatch.run().fairness(), dispatch.startedAt(), turns);
    }

    /** Most urgent first. */
    Comparator<Course> order() {
        return Comparator.<Course>comparingInt(
                        course -> course.turn(fairness, at).rank())
                .thenComparingLong(course -> turns.last(course.turn(fairness, at)))
                .thenComparingLong(course -> course.ingestion().sequence());
    }

    /** Whether it does for certain. */
    boolean goesBefore(Course one, Course other) {
        Fairness.Turn turn = one.turn(fairness, at);
        Fairness.Turn others = other.turn(fairness, at);
        boolean lost = turn.rank() == others.rank() && !turn.equals(others) && turns.areLost(turn, others);
        return !lost && order().compare(one, other) < 0;
    }

    /** What the one has ahead of the other that it goes before, in a word. */
    String reason(Course one, Course other) {
        Fairness.Turn turn = one.turn(fairness, at);
        Fairness.Turn others = other.turn(fairness, at);
        int compared = Integer.compare(one.rank(), other.rank());
        if (compared > 0) {
            return AGING;
        }
        if (turn.owner().equals(others.owner())) {
            return compared < 0 ? "priority" : "FIFO";
        }
        if (turn.rank() == others.rank()) {
            return TURN;
        }
        return compared < 0 ? "priority" : AGING;
    }
}
