package dev.batchgate.local;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outbox;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The outbox as it is in the store: read beside the journal, changed by it. Any thread may enter. */
final class LocalOutbox implements Outbox {

    private static final String IS_FREE = " state = 'pending' AND (lease_until IS NULL OR lease_until <= ?1) ";

    /** From host to host, so that it does not matter how many wait for one that is busy. */
    private static final String DUE = """
            WITH RECURSIVE hosts (host) AS (
                SELECT min(host) FROM delivery WHERE state = 'pending'
                UNION ALL
                SELECT (SELECT min(d.host) FROM delivery d WHERE d.state = 'pending' AND d.host > h.host)
                FROM hosts h WHERE h.host IS NOT NULL)
            SELECT d.id, d.host FROM hosts h CROSS JOIN delivery d
            WHERE h.host IS NOT NULL AND h.host NOT IN (SELECT value FROM json_each(?2))
              AND d.rowid IN (SELECT rowid FROM delivery WHERE host = h.host AND next_attempt_at <= ?1 AND""" + IS_FREE + """
                              ORDER BY next_attempt_at LIMIT ?4)
            ORDER BY d.next_attempt_at LIMIT ?3""";

    private static final String CLAIM = """
            UPDATE delivery SET lease_until = ?1 + ?2, attempts = attempts + 1, counted = counted + 1,
              asked_at = iif(counted = 0, ?1, asked_at)
            WHERE id = ?3 AND next_attempt_at <= ?1 AND""" + IS_FREE + "RETURNING " + DeliveryRow.CLAIMED;

    /** A success counts whoever has the delivery by now; a failure does not. */
    private static final String DELIVERED = """
            UPDATE delivery SET state = 'delivered', next_attempt_at = NULL, lease_until = NULL, last_status = ?2,
              last_error = NULL, ended_at = ?1
            WHERE id = ?3 AND state <> 'delivered' RETURNING state""";

    private static final String MISSED = """
            UPDATE delivery SET lease_until = NULL, last_status = ?2, last_error = ?5,
              state = iif(?1 + ?6 > asked_at + ?7, 'exhausted', 'pending'),
              next_attempt_at = iif(?1 + ?6 > asked_at + ?7, NULL, ?1 + ?6),
              ended_at = iif(?1 + ?6 > asked_at + ?7, ?1, NULL)
            WHERE id = ?3 AND state = 'pending' AND attempts = ?4 RETURNING state""";

    private static final String GONE = """
            UPDATE delivery SET state = 'gone', next_attempt_at = NULL, lease_until = NULL, last_status = ?2, last_error = ?5,
              ended_at = ?1
            WHERE id = ?3 AND state = 'pending' AND attempts = ?4 RETURNING state""";
    private static final String GONE_TOO = """
            UPDATE delivery SET state = 'gone', next_attempt_at = NULL, lease_until = NULL, ended_at = ?1
            WHERE ingestion = ?2 AND state = 'pending'""";
    private static final String OF_INGESTION = "SELECT " + DeliveryRow.SHOWN
            + " FROM delivery WHERE ingestion = ? ORDER BY created_at DESC, id LIMIT " + DeliveryRow.MOST_SHOWN;
    private static final String ASK = """
            UPDATE delivery SET state = 'pending', next_attempt_at = ?1, asked_at = ?1, counted = 0, ended_at = NULL,
              lease_until = NULL
            WHERE id = ?2 AND ingestion = ?3 AND coalesce(lease_until, 0) <= ?1""";
    private static final String FIND = "SELECT " + DeliveryRow.SHOWN + " FROM delivery WHERE id = ? AND ingestion = ?";

    private static final JsonMapper JSON = new JsonMapper();

    private final Journal journal;
    private final StoreReader reader;
    private final Clock clock;

    LocalOutbox(Journal journal, StoreReader reader, Clock clock) {
        this.journal = journal;
        this.reader = reader;
        this.clock = clock;
    }

    private long now() {
        return Micros.of(clock.instant());
    }

    @Override
    public List<Due> due(Collection<String> exceptHosts, int mostPerHost, int most) {
        return reader.read(connection -> {
            try (PreparedStatement due = connection.prepareStatement(DUE)) {
                due.setLong(1, now());
                due.setString(2, JSON.writeValueAsString(exceptHosts));
                due.setInt(3, most);
                due.setInt(4, mostPerHost);
                try (ResultSet row = due.executeQuery()) {
                    List<Due> found = new ArrayList<>();
                    while (row.next()) {
                        found.add(new Due(StoreWriter.uuid(row.getBytes(1)), row.getString(2)));
                    }
                    return found;
                }
            }
        });
    }

    @Override
    public List<Delivery> claim(List<UUID> ids, Duration lease) {
        return journal.perform(store -> {
            List<Delivery> claimed = new ArrayList<>();
            for (UUID id : ids) {
                try (ResultSet row = store.query(CLAIM, now(), Micros.of(lease), StoreWriter.bytes(id))) {
                    if (row.next()) {
                        claimed.add(DeliveryRow.claimed(row));
                    }
                }
            }
            return claimed;
        });
    }

    @Override
    public Optional<DeliveryState> record(Delivery delivery, Attempt attempt) {
        return journal.perform(store -> switch (attempt.verdict()) {
            case DELIVERED -> state(store, DELIVERED, now(), attempt.status(), StoreWriter.bytes(delivery.id()));
            case GONE -> gone(store, delivery, attempt);
            default ->
                state(
                        store,
                        MISSED,
                        now(),
                        attempt.status(),
                        StoreWriter.bytes(delivery.id()),
                        delivery.attempt(),
                        attempt.error(),
                        Micros.of(attempt.pause()),
                        Micros.of(attempt.patience()));
        });
    }

    private Optional<DeliveryState> gone(StoreWriter store, Delivery delivery, Attempt attempt) throws SQLException {
        Optional<DeliveryState> recorded = state(
                store,
                GONE,
                now(),
                attempt.status(),
                StoreWriter.bytes(delivery.id()),
                delivery.attempt(),
                attempt.error());
        if (recorded.isPresent()) {
            store.update(GONE_TOO, now(), StoreWriter.bytes(delivery.ended().id()));
        }
        return recorded;
    }

    private static Optional<DeliveryState> state(StoreWriter store, String sql, @Nullable Object... values)
            throws SQLException {
        try (ResultSet row = store.query(sql, values)) {
            return row.next() ? Optional.of(DeliveryState.of(row.getString(1))) : Optional.empty();
        }
    }

    @Override
    public List<Entry> of(UUID ingestionId) {
        return reader.read(connection -> {
            try (PreparedStatement read = connection.prepareStatement(OF_INGESTION)) {
                read.setBytes(1, StoreWriter.bytes(ingestionId));
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
        return journal.perform(store -> {
            store.update(ASK, now(), StoreWriter.bytes(id), StoreWriter.bytes(ingestionId));
            try (ResultSet row = store.query(FIND, StoreWriter.bytes(id), StoreWriter.bytes(ingestionId))) {
                return row.next() ? Optional.of(DeliveryRow.entry(row)) : Optional.empty();
            }
        });
    }
}
