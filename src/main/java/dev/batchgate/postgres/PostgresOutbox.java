package dev.batchgate.postgres;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outbox;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The outbox that replicas share. A delivery is claimed by a lease on the database's clock; whoever comes second to claim it does not
 * wait. None of it touches the gate. Any thread may enter.
 */
final class PostgresOutbox implements Outbox {

    /** A lease that is over in more than ten minutes is one from before the clock was set back. */
    private static final String IS_FREE = """
            state = 'pending' AND next_attempt_at <= now_micros()
            AND (lease_until IS NULL OR lease_until <= now_micros() OR lease_until > now_micros() + 600000000)""";

    /** From host to host, so that it does not matter how many wait for one that is busy. */
    private static final String DUE = """
            WITH RECURSIVE hosts (host) AS (
                SELECT min(host) FROM delivery WHERE state = 'pending'
                UNION ALL
                SELECT (SELECT min(d.host) FROM delivery d WHERE d.state = 'pending' AND d.host > h.host)
                FROM hosts h WHERE h.host IS NOT NULL)
            SELECT due.id, due.host FROM hosts h CROSS JOIN LATERAL (
                SELECT id, host, next_attempt_at FROM delivery WHERE host = h.host AND\s""" + IS_FREE + """
                 ORDER BY next_attempt_at LIMIT ?) due
            WHERE h.host <> ALL (?) ORDER BY due.next_attempt_at LIMIT ?""";

    private static final String CLAIM = """
            UPDATE delivery SET lease_until = now_micros() + ?, attempts = attempts + 1, counted = counted + 1,
              asked_at = CASE WHEN counted = 0 THEN now_micros() ELSE asked_at END
            WHERE id IN (SELECT id FROM delivery WHERE id = ANY (?) AND\s""" + IS_FREE + " FOR UPDATE SKIP LOCKED) RETURNING " + DeliveryRow.CLAIMED;

    /** A success counts whoever has the delivery by now; a failure does not. */
    private static final String DELIVERED = """
            UPDATE delivery SET state = 'delivered', next_attempt_at = NULL, lease_until = NULL, last_status = ?,
              last_error = NULL, ended_at = now_micros()
            WHERE id = ? AND state <> 'delivered' RETURNING state""";

    private static final String MISSED = """
            UPDATE delivery d SET lease_until = NULL, last_status = ?, last_error = ?,
              state = CASE WHEN n.next > d.asked_at + n.patience THEN 'exhausted' ELSE 'pending' END,
              next_attempt_at = CASE WHEN n.next <= d.asked_at + n.patience THEN n.next END,
              ended_at = CASE WHEN n.next > d.asked_at + n.patience THEN n.now END
            FROM (SELECT now AS now, now + ?::bigint AS next, ?::bigint AS patience FROM now_micros() AS now) n
            WHERE d.id = ? AND d.state = 'pending' AND d.attempts = ? RETURNING d.state""";

    /** In one statement, its own row among them. */
    private static final String GONE = """
            UPDATE delivery d SET state = 'gone', next_attempt_at = NULL, lease_until = NULL, ended_at = now_micros(),
              last_status = CASE WHEN d.id = own.id THEN ?::integer ELSE d.last_status END,
              last_error = CASE WHEN d.id = own.id THEN ?::text ELSE d.last_error END
            FROM (SELECT id, ingestion FROM delivery WHERE id = ? AND state = 'pending' AND attempts = ?) own
            WHERE d.ingestion = own.ingestion AND d.state = 'pending' RETURNING d.state""";

    private static final String OF_INGESTION = "SELECT " + DeliveryRow.SHOWN
            + " FROM delivery WHERE ingestion = ? ORDER BY created_at DESC, id LIMIT " + DeliveryRow.MOST_SHOWN;
    private static final String ASK = """
            UPDATE delivery SET state = 'pending', next_attempt_at = now_micros(), asked_at = now_micros(), counted = 0,
              ended_at = NULL, lease_until = NULL
            WHERE id = ? AND ingestion = ? AND coalesce(lease_until, 0) <= now_micros()""";
    private static final String FIND = "SELECT " + DeliveryRow.SHOWN + " FROM delivery WHERE id = ? AND ingestion = ?";

    private final Database database;

    PostgresOutbox(Database database) {
        this.database = database;
    }

    @Override
    public List<Due> due(Collection<String> exceptHosts, int mostPerHost, int most) {
        return database.read(connection -> {
            try (PreparedStatement due = connection.prepareStatement(DUE)) {
                due.setInt(1, mostPerHost);
                due.setArray(2, connection.createArrayOf("text", exceptHosts.toArray()));
                due.setInt(3, most);
                try (ResultSet row = due.executeQuery()) {
                    List<Due> found = new ArrayList<>();
                    while (row.next()) {
                        found.add(new Due(DeliveryRow.uuid(row, "id"), row.getString("host")));
                    }
                    return found;
                }
            }
        });
    }

    @Override
    public List<Delivery> claim(List<UUID> ids, Duration lease) {
        return database.call(connection -> {
            try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
                claim.setLong(1, Micros.of(lease));
                claim.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
                try (ResultSet row = claim.executeQuery()) {
                    List<Delivery> claimed = new ArrayList<>();
                    while (row.next()) {
                        claimed.add(DeliveryRow.claimed(row));
                    }
                    return claimed;
                }
            }
        });
    }

    @Override
    public Optional<DeliveryState> record(Delivery delivery, Attempt attempt) {
        return database.call(connection -> {
            String sql = switch (attempt.verdict()) {
                case DELIVERED -> DELIVERED;
                case GONE -> GONE;
                default -> MISSED;
            };
            try (PreparedStatement record = connection.prepareStatement(sql)) {
                bind(record, delivery, attempt);
                try (ResultSet row = record.executeQuery()) {
                    return row.next() ? Optional.of(DeliveryState.of(row.getString(1))) : Optional.empty();
                }
            }
        });
    }

    private static void bind(PreparedStatement record, Delivery delivery, Attempt attempt) throws SQLException {
        int next = 1;
        record.setObject(next++, attempt.status(), Types.INTEGER);
        if (attempt.verdict() != DeliveryState.DELIVERED) {
            record.setString(next++, attempt.error());
        }
        if (attempt.verdict() == DeliveryState.PENDING) {
            record.setLong(next++, Micros.of(attempt.pause()));
            record.setLong(next++, Micros.of(attempt.patience()));
        }
        record.setObject(next++, delivery.id());
        if (attempt.verdict() != DeliveryState.DELIVERED) {
            record.setInt(next, delivery.attempt());
        }
    }

    @Override
    public List<Entry> of(UUID ingestionId) {
        return database.read(connection -> {
            try (PreparedStatement read = connection.prepareStatement(OF_INGESTION)) {
                read.setObject(1, ingestionId);
                try (ResultSet row = read.executeQuery()) {
                    List<Entry> entries = new ArrayList<>();
                    while (row.next()) {
                        entries.add(DeliveryRow.entry(row));
                    }
                    return entries;
                }
            }
        });
    }

    @Override
    public Optional<Entry> redeliver(UUID ingestionId, UUID id) {
        return database.call(connection -> {
            try (PreparedStatement ask = connection.prepareStatement(ASK);
                    PreparedStatement find = connection.prepareStatement(FIND)) {
                ask.setObject(1, id);
                ask.setObject(2, ingestionId);
                ask.executeUpdate();
                find.setObject(1, id);
                find.setObject(2, ingestionId);
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.of(DeliveryRow.entry(row)) : Optional.empty();
                }
            }
        });
    }
}
