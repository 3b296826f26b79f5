package dev.batchgate.local;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Telemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the queue of one process consists of, shared by all that changes it.
 *
 * @param line who waits
 * @param gate who may go
 * @param upcoming who goes next, if that is settled
 * @param statuses every ingestion that has not ended, by id; the rest is in the store
 * @param flights every dispatch that has not ended, by the id of its batch
 * @param fetches what a fetch can be expected to take
 * @param changes is told of each, once it is seen
 * @param telemetry is told what has been done
 */
record QueueParts(
        Line line,
        Gate gate,
        Upcoming upcoming,
        ConcurrentHashMap<UUID, Tracked> statuses,
        ConcurrentHashMap<String, Flight> flights,
        Reachability reachability,
        FetchTimes fetches,
        Changes changes,
        Telemetry telemetry,
        BatchgateProperties properties,
        RetryProperties retries,
        Clock clock,
        Ticker ticker) {

    static QueueParts of(
            Backlog backlog,
            Changes changes,
            Telemetry telemetry,
            BatchgateProperties properties,
            RetryProperties retries,
            Clock clock,
            Ticker ticker) {
        ConcurrentHashMap<UUID, Tracked> statuses = new ConcurrentHashMap<>();
        backlog.open().forEach(ingestion -> statuses.put(ingestion.id(), ingestion));
        return new QueueParts(
                new Line(backlog, properties.fairness(), properties.limits().maxBacklog(), ticker),
                new Gate(
                        properties.interval(),
                        properties.maxInFlight(),
                        ticker,
                        backlog.opensAt(),
                        backlog.closedUntil(),
                        backlog.paused()),
                new Upcoming(properties.fairness()),
                statuses,
                new ConcurrentHashMap<>(),
                new Reachability(retries.downAfter()),
                new FetchTimes(backlog.fetches()),
                changes,
                telemetry,
                properties,
                retries,
                clock,
                ticker);
    }

    Moment now() {
        return Moment.now(clock, ticker);
    }

    /** Since when a batch that waits could have had a slot that stands open; empty if none could. */
    OptionalLong usableSince(long now) {
        OptionalLong open = gate.openSince(now);
        OptionalLong eligible = line.eligibleSince(now);
        return open.isPresent() && eligible.isPresent()
                ? OptionalLong.of(Math.max(open.getAsLong(), eligible.getAsLong()))
                : OptionalLong.empty();
    }

    /** Keeps room in the line; throws {@link BacklogFull} where there is none. */
    void reserve(int batches, @Nullable String owner) {
        long slotsUntilRoom = line.reserve(batches, owner);
        if (slotsUntilRoom > 0) {
            throw BacklogFull.by(
                    slotsUntilRoom,
                    properties.limits().maxBacklog(),
                    Duration.ofNanos(gate.nanosUntilOpen()),
                    properties.interval());
        }
    }

    /** It has changed. What has ended is in the store, and need not be remembered. */
    void changed(Tracked ingestion) {
        if (ingestion.hasEnded(0)) {
            statuses.remove(ingestion.id());
        }
        changes.changed(ingestion.id());
    }
}
