package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When an ingestion's work will be done, if nothing more urgent arrives and all calls succeed.
 *
 * @param position batches that are dispatched before its next one; null if none of its batches waits, or while the queue
 *     is paused
 * @param startAt when its next batch is dispatched; null likewise, and where that is more than a lifetime away
 * @param completionAt when its last batch has been fetched; null likewise, unless all that is left is being fetched
 * @param waitingFor why its next batch is not dispatched now
 */
public record Forecast(
        @Nullable Long position,
        @Nullable Instant startAt,
        @Nullable Instant completionAt,
        WaitingFor waitingFor) {

    /** Empty for an ingestion of which nothing is left to be fetched. */
    public static Optional<Forecast> of(Standing standing) {
        boolean waits = standing.own() + standing.ownWaits() > 0;
        if (!waits && standing.ownInFlight().isEmpty()) {
            return Optional.empty();
        }
        long landing = 0;
        for (long elapsed : standing.ownInFlight()) {
            landing = Math.max(landing, standing.pace().fetch() - elapsed);
        }
        WaitingFor reason = waits ? WaitingFor.of(standing) : WaitingFor.IN_FLIGHT;
        if (!waits) {
            return Optional.of(new Forecast(null, null, at(standing.now(), landing), reason));
        }
        if (standing.pace().paused()) {
            return Optional.of(new Forecast(null, null, null, reason));
        }
        Rehearsal.Rehearsed rehearsed = standing.rehearse();
        long completion = Math.max(
                landing, SlotTimes.plus(rehearsed.last(), standing.pace().fetch()));
        return Optional.of(new Forecast(
                rehearsed.before(), at(standing.now(), rehearsed.first()), at(standing.now(), completion), reason));
    }

    static @Nullable Instant at(Instant now, long nanos) {
        return nanos < SlotTimes.FOREVER ? now.plusNanos(nanos) : null;
    }
}
