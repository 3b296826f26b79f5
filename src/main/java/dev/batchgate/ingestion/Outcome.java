package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

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

    /** Whether nothing was sent for any of the ids, because the slot was over. */
    public boolean isUnsent() {
        return ids.stream().allMatch(IdOutcome.Withheld.class::isInstance);
    }

    /** Whether there was no connection to the upstream for any of the ids. */
    public boolean unreachable() {
        return ids.stream().allMatch(id -> id instanceof IdOutcome.Missed missed && !missed.connected());
    }
}
