package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who goes before whom: by default the higher priority, and within a priority whoever was accepted first.
 *
 * @param takesTurns whether within a priority the turn is the key's whose last slot in it is the longest ago, so that a key that
 *     hands in much does not keep the others waiting; of those that had none, it is whose work was accepted first
 * @param aging how long ago a submission was accepted that goes as if its priority were one higher, and no more than one;
 *     null if none does
 */
public record Fairness(boolean takesTurns, @Nullable Duration aging) {

    /** By priority and acceptance alone. */
    public static final Fairness STRICT = new Fairness(false, null);

    /** Priorities by their numbers. */
    public static final List<Priority> RANKS = List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW);

    /** Whose turn it is, in which rank. */
    public record Turn(int rank, String owner) {}

    public boolean isStrict() {
        return !takesTurns && aging == null;
    }

    /** The number of a priority, 0 for the highest. */
    public static int rank(Priority priority) {
        return RANKS.indexOf(priority);
    }

    /**
     * The rank in force at a moment.
     *
     * @param acceptedMicros when it was accepted, in microseconds since 1970, as is the moment
     */
    public int rank(Priority priority, long acceptedMicros, long atMicros) {
        return rank(priority) - (liftedAt(priority, acceptedMicros) <= atMicros ? 1 : 0);
    }

    /** When it goes as if its priority were one higher; {@link Long#MAX_VALUE} for never. */
    public long liftedAt(Priority priority, long acceptedMicros) {
        return aging == null || priority == Priority.HIGH ? Long.MAX_VALUE : acceptedMicros + Micros.of(aging);
    }

    /** Whether that is still to come at a moment. */
    public boolean isToBeLifted(Priority priority, long acceptedMicros, long atMicros) {
        long at = liftedAt(priority, acceptedMicros);
        return at > atMicros && at < Long.MAX_VALUE;
    }

    /**
     * From which rank on others may have to wait longer for a submission: by default lower ones than its own; those beside it, if it
     * takes turns with them; and those one higher, if it does once it is lifted.
     */
    public int lowestPushedBackBy(Priority priority) {
        int own = rank(priority);
        return !takesTurns ? own : Math.max(0, own - (aging == null ? 0 : 1));
    }

    /** Who takes turns with others: a key, all that came without one together, or everybody together. */
    public String sharer(@Nullable String owner) {
        return takesTurns && owner != null ? owner : "";
    }

    public Turn turn(int rank, @Nullable String owner) {
        return new Turn(rank, sharer(owner));
    }
}
