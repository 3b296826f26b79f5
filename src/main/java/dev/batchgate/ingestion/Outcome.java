package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one dispatch of a batch brought.
 *
 * @param ids one for each id that was asked for, in their order
 * @param closedFor how long the upstream wants to hear nothing from anybody, counted from now; zero if it did not say
 */
public record Outcome(List<IdOutcome> ids, Duration closedFor) {

    public Outcome {
        ids = List.copyOf(ids);
    }

    /** The same for every id of the batch. */
    public static Outcome ofAll(Batch batch, IdOutcome outcome) {
        return new Outcome(Collections.nCopies(batch.ids().size(), outcome), Duration.ZERO);
    }

    /** Whether nothing was sent for any of the ids, because it was held back. */
    public boolean isUnsent() {
        return ids.stream().allMatch(IdOutcome.Withheld.class::isInstance);
    }

    /** Why there was no connection to the upstream for any of the ids; null if there was one. */
    public @Nullable String noConnection() {
        return unreachable() ? ((IdOutcome.Missed) ids.get(0)).reason() : null;
    }

    /** Whether there was no connection to the upstream for any of the ids. */
    public boolean unreachable() {
        return ids.stream().allMatch(Outcome::foundNoConnection);
    }

    /** Whether there was no connection to the upstream for at least one of the ids. */
    public boolean lacksConnection() {
        return ids.stream().anyMatch(Outcome::foundNoConnection);
    }

    /**
     * Whether the upstream was taken to be down when this dispatch ended, which only tried then whether it still is.
     *
     * @param before dispatches in a row before it that found no connection
     * @param downAfter so many of them mean that the upstream is down
     */
    public boolean isProbe(int before, int downAfter) {
        return before + (unreachable() ? 1 : 0) >= downAfter;
    }

    private static boolean foundNoConnection(IdOutcome id) {
        return id instanceof IdOutcome.Missed missed && !missed.connected();
    }
}
