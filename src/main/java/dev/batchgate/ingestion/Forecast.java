package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When an ingestion's work will be done, if nothing more urgent arrives and all calls succeed.
 *
 * @param position batches that are dispatched before its next one; null if none of its batches waits, or while the queue
 *     is paused
 * @param startAt when its next batch is dispatched; null likewise
 * @param completionAt when its last batch has been fetched; null while the queue is paused and any of its batches waits
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
        long landing = standing.ownInFlight().stream()
                .mapToLong(elapsed -> Math.max(0, standing.pace().fetch() - elapsed))
                .max()
                .orElse(0);
        WaitingFor reason = waits ? WaitingFor.of(standing) : WaitingFor.IN_FLIGHT;
        if (!waits) {
            return Optional.of(new Forecast(null, null, standing.now().plusNanos(landing), reason));
        }
        if (standing.pace().paused()) {
            return Optional.of(new Forecast(null, null, null, reason));
        }
        Rehearsed rehearsed = Rehearsed.of(standing);
        long completion = Math.max(landing, rehearsed.last() + standing.pace().fetch());
        return Optional.of(new Forecast(
                rehearsed.before(),
                standing.now().plusNanos(rehearsed.first()),
                standing.now().plusNanos(completion),
                reason));
    }
}
