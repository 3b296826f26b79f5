package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The gate and the backlog as all replicas see them, each time in one statement. Any thread may enter. */
final class QueueView {

    /** While a batch is about to leave, the next slot opens as if it left now. */
    private static final String STATE = """
            SELECT g.paused, n.now, greatest(least(g.left_at, n.now) + ?, g.closed_until) - n.now AS opens_in,
                   g.closed_until, cardinality(g.flying) AS in_flight, g.unreachable, g.trouble,
                   ARRAY[a.batches[1] - g.gone[1], a.batches[2] - g.gone[2], a.batches[3] - g.gone[3]] AS batches, g.retrying,
                   ARRAY(SELECT least(
                            (SELECT i.created_at FROM ingestion i WHERE i.sequence =
                               (SELECT ingestion FROM line WHERE rank = p.rank ORDER BY rank, ingestion LIMIT 1)),
                            (SELECT i.created_at FROM ingestion i WHERE i.sequence = least(
                               (SELECT ingestion FROM batch WHERE due AND rank = p.rank
                                ORDER BY rank, ingestion, batch LIMIT 1),
                               (SELECT min(ingestion + 0) FROM batch
                                WHERE next_attempt_at IS NOT NULL AND NOT due AND rank = p.rank))))
                         FROM generate_series(0, 2) AS p (rank) ORDER BY p.rank) AS oldest
            FROM gate g, acceptance a, (SELECT now_micros() AS now) n""";

    private static final String UNTIL_SLOT = """
            SELECT greatest(0, greatest(least(g.left_at, n.now) + ?, g.closed_until) - n.now)
            FROM gate g, (SELECT now_micros() AS now) n""";

    /**
     * When the slot that stands open could have been used: after a departure and its interval, a wish of the upstream's, an order, an
     * end that made room, and with a batch to have it. Null if it is not open, or nobody waits.
     */
    private static final String OVERDUE = """
            SELECT n.now - greatest(
                g.left_at + ?, g.closed_until,
                (SELECT max(c.ordered_at) FROM control c WHERE c.control = g.control),
                (SELECT max(d.ended_at) FROM dispatch d WHERE d.slot > g.slot - 20),
                least(
                    (SELECT min(i.created_at) FROM generate_series(0, 2) AS r (rank), ingestion i WHERE i.sequence =
                        (SELECT l.ingestion FROM line l WHERE l.rank = r.rank ORDER BY l.rank, l.ingestion LIMIT 1)),
                    (SELECT b.next_attempt_at FROM batch b WHERE b.due ORDER BY b.rank, b.ingestion, b.batch LIMIT 1),
                    (SELECT b.next_attempt_at FROM batch b
                     WHERE b.next_attempt_at IS NOT NULL AND NOT b.due AND b.next_attempt_at <= n.now
                     ORDER BY b.next_attempt_at LIMIT 1))) AS overdue
            FROM gate g, (SELECT now_micros() AS now) n
            WHERE NOT g.paused AND cardinality(g.flying) < ? AND greatest(g.left_at + ?, g.closed_until) <= n.now
              AND (EXISTS (SELECT FROM line ORDER BY rank, ingestion LIMIT 1)
                OR EXISTS (SELECT FROM batch WHERE due ORDER BY rank, ingestion, batch LIMIT 1)
                OR EXISTS (SELECT FROM batch b WHERE b.next_attempt_at IS NOT NULL AND NOT b.due AND b.next_attempt_at <= n.now
                           ORDER BY b.next_attempt_at LIMIT 1))""";

    private static final String OTHERS_WAIT = """
            SELECT g.unreachable, waiting() > 0 OR cardinality(g.flying) > 1 FROM gate g""";

    private final Database database;
    private final BatchgateProperties properties;
    private final RetryProperties retries;

    QueueView(Database database, BatchgateProperties properties, RetryProperties retries) {
        this.database = database;
        this.properties = properties;
        this.retries = retries;
    }

    QueueState state() {
        return database.read(connection -> {
            try (PreparedStatement state = connection.prepareStatement(STATE)) {
                state.setLong(1, Micros.of(properties.interval()));
                try (ResultSet row = state.executeQuery()) {
                    row.next();
                    return state(row);
                }
            }
        });
    }

    private QueueState state(ResultSet row) throws SQLException {
        boolean paused = row.getBoolean("paused");
        long now = row.getLong("now");
        long opensAt = now + Math.max(0, row.getLong("opens_in"));
        long closedUntil = row.getLong("closed_until");
        return new QueueState(
                paused,
                properties.interval(),
                paused ? null : Micros.instant(opensAt),
                closedUntil > now ? Micros.instant(closedUntil) : null,
                row.getInt("in_flight"),
                properties.maxInFlight(),
                waiting(row),
                new QueueState.UpstreamState(
                        row.getInt("unreachable") >= retries.downAfter(), row.getString("trouble")));
    }

    private static Map<Priority, QueueState.Waiting> waiting(ResultSet row) throws SQLException {
        @Nullable Long[] batches = numbers(row.getArray("batches"));
        @Nullable Long[] retrying = numbers(row.getArray("retrying"));
        @Nullable Long[] oldest = numbers(row.getArray("oldest"));
        Map<Priority, QueueState.Waiting> waiting = new EnumMap<>(Priority.class);
        for (int rank = 0; rank < Fairness.RANKS.size(); rank++) {
            Long since = oldest[rank];
            waiting.put(
                    Fairness.RANKS.get(rank),
                    new QueueState.Waiting(
                            orZero(batches[rank]),
                            orZero(retrying[rank]),
                            since == null ? null : Micros.instant(since)));
        }
        return waiting;
    }

    private static @Nullable Long[] numbers(Array array) throws SQLException {
        return (@Nullable Long[]) array.getArray();
    }

    private static long orZero(@Nullable Long number) {
        return number == null ? 0 : number;
    }

    /** Time until the next slot, as if the gate were not paused. */
    Duration untilSlot() {
        return database.read(connection -> {
            try (PreparedStatement ask = connection.prepareStatement(UNTIL_SLOT)) {
                ask.setLong(1, Micros.of(properties.interval()));
                try (ResultSet row = ask.executeQuery()) {
                    row.next();
                    return Duration.ofNanos(1_000 * row.getLong(1));
                }
            }
        });
    }

    /** See {@link dev.batchgate.ingestion.BatchQueue#overdue}. Does not wait for a database that is known not to answer. */
    Duration overdue() {
        if (database.trouble().isPresent()) {
            throw new Unavailable("The database cannot be used at the moment.", Duration.ofSeconds(2));
        }
        long interval = Micros.of(properties.interval());
        return database.read(connection -> {
            try (PreparedStatement ask = connection.prepareStatement(OVERDUE)) {
                ask.setLong(1, interval);
                ask.setInt(2, properties.maxInFlight());
                ask.setLong(3, interval);
                try (ResultSet row = ask.executeQuery()) {
                    return Duration.ofNanos(row.next() ? 1_000 * Math.max(0, row.getLong(1)) : 0);
                }
            }
        });
    }

    /** Whether a dispatch that ends like this only tried whether the upstream is still down, while others wait for it. */
    boolean isProbe(Outcome outcome) {
        return database.read(connection -> {
            try (PreparedStatement ask = connection.prepareStatement(OTHERS_WAIT);
                    ResultSet row = ask.executeQuery()) {
                row.next();
                return outcome.isProbe(row.getInt(1), retries.downAfter()) && row.getBoolean(2);
            }
        });
    }
}
