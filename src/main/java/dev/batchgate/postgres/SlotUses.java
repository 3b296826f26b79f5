package dev.batchgate.postgres;

import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.SlotUse;
import dev.batchgate.ingestion.Unavailable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How dispatches came to their slots, read from the ledger once they have ended, so that nothing departs later for it.
 * Any thread may enter.
 */
final class SlotUses {

    /** When there was room again is looked for among this many dispatches, at most. */
    private static final int MOST_IN_FLIGHT = 100;

    /**
     * The slot stood open once there were an interval since the last departure, no wish of the upstream's to be left alone, no
     * pause, room among those in flight, and a batch: the one that was dispatched, or an older one that waits still.
     */
    private static final String USE = """
            SELECT d.priority, d.attempt, d.started_at - i.created_at AS waited, d.departed_ticks / 1000 - greatest(
                (SELECT max(coalesce(p.departed_ticks / 1000, p.ended_at)) + ? FROM dispatch p
                 WHERE p.slot BETWEEN d.slot - 5 AND d.slot - 1),
                (SELECT max(p.hold_until) FROM dispatch p
                 WHERE p.slot BETWEEN d.slot - 20 AND d.slot - 1 AND p.ended_at <= d.started_at),
                (SELECT max(c.ordered_at) FROM (SELECT * FROM control ORDER BY control DESC LIMIT 20) c
                 WHERE c.kind = 'resume' AND c.ordered_at <= d.started_at),
                (SELECT p.ended_at FROM dispatch p
                 WHERE p.slot BETWEEN d.slot - f.looked_at AND d.slot - 1 AND p.ended_at <= d.started_at
                 ORDER BY p.ended_at DESC OFFSET greatest(0, f.most - 1 - (
                    SELECT count(*) FROM dispatch o WHERE o.slot BETWEEN d.slot - f.looked_at AND d.slot - 1
                      AND (o.ended_at IS NULL OR o.ended_at > d.started_at))) LIMIT 1),
                least(
                    CASE d.attempt WHEN 1 THEN i.created_at ELSE
                        (SELECT coalesce((SELECT c.ordered_at FROM control c WHERE c.control = p.retried), p.retry_at, p.ended_at)
                         FROM dispatch p WHERE p.ingestion = d.ingestion AND p.batch = d.batch AND p.slot < d.slot
                         ORDER BY p.ingestion, p.batch, p.slot DESC LIMIT 1) END,
                    (SELECT min(w.created_at) FROM generate_series(0, 2) AS r (rank), ingestion w WHERE w.sequence =
                        (SELECT l.ingestion FROM line l WHERE l.rank = r.rank ORDER BY l.rank, l.ingestion LIMIT 1)))) AS late
            FROM dispatch d JOIN ingestion i ON i.sequence = d.ingestion, (SELECT ? AS most, ? AS looked_at) f
            WHERE d.slot = ?""";

    private static final Logger log = LoggerFactory.getLogger(SlotUses.class);

    private final Database database;
    private final long intervalMicros;
    private final int maxInFlight;

    SlotUses(Database database, Duration interval, int maxInFlight) {
        this.database = database;
        this.intervalMicros = Micros.of(interval);
        this.maxInFlight = Math.min(MOST_IN_FLIGHT, maxInFlight);
    }

    /** Empty if nothing of it was sent, or nobody can say. */
    Optional<SlotUse> of(Flight flight) {
        try {
            return database.read(connection -> {
                try (PreparedStatement ask = connection.prepareStatement(USE)) {
                    ask.setLong(1, intervalMicros);
                    ask.setInt(2, maxInFlight);
                    ask.setInt(3, 2 * maxInFlight + 8);
                    ask.setLong(4, flight.slot());
                    try (ResultSet row = ask.executeQuery()) {
                        if (!row.next()) {
                            return Optional.empty();
                        }
                        long late = row.getLong("late");
                        return row.wasNull()
                                ? Optional.empty()
                                : Optional.of(new SlotUse(
                                        Priority.valueOf(row.getString("priority")),
                                        row.getInt("attempt") == 1,
                                        Duration.ofNanos(1_000 * row.getLong("waited")),
                                        Duration.ofNanos(1_000 * late)));
                    }
                }
            });
        } catch (Unavailable unknown) {
            log.debug("How a batch came to its slot was not measured", unknown);
            return Optional.empty();
        }
    }
}
