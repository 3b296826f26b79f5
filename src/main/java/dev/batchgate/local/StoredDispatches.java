package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The ledger as those see it who watch. Any thread may enter. */
final class StoredDispatches implements DispatchLog {

    private static final String COLUMNS = """
            SELECT d.change, d.slot, i.id, d.batch, d.priority, d.attempt, i.created_at, d.started_at, d.ended_at, d.outcome,
                   d.reason, d.retry_at
            FROM dispatch d JOIN ingestion i ON i.sequence = d.ingestion AND i.expired = 0
            """;

    private static final String AFTER = COLUMNS + "WHERE d.change > ? ORDER BY d.change LIMIT ?";
    private static final String LATEST = COLUMNS + "WHERE d.change > ? ORDER BY d.change DESC LIMIT ?";
    private static final String LAST = "SELECT last FROM change";

    private final StoreReader store;

    StoredDispatches(StoreReader store) {
        this.store = store;
    }

    @Override
    public long last() {
        return store.read(connection -> {
            try (PreparedStatement last = connection.prepareStatement(LAST);
                    ResultSet row = last.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    @Override
    public List<Entry> after(long change, int most) {
        return read(AFTER, change, most);
    }

    @Override
    public List<Entry> latest(int most) {
        List<Entry> entries = read(LATEST, 0, most);
        Collections.reverse(entries);
        return entries;
    }

    private List<Entry> read(String query, long change, int most) {
        return store.read(connection -> {
            try (PreparedStatement read = connection.prepareStatement(query)) {
                read.setLong(1, change);
                read.setInt(2, most);
                List<Entry> entries = new ArrayList<>();
                try (ResultSet row = read.executeQuery()) {
                    while (row.next()) {
                        entries.add(entry(row));
                    }
                }
                return entries;
            }
        });
    }

    private static Entry entry(ResultSet row) throws SQLException {
        UUID ingestion = StoreWriter.uuid(row.getBytes("id"));
        return new Entry(
                row.getLong("change"),
                row.getLong("slot"),
                ingestion,
                Batch.id(ingestion, row.getInt("batch")),
                Priority.valueOf(row.getString("priority")),
                row.getInt("attempt"),
                Micros.instant(row.getLong("created_at")),
                Micros.instant(row.getLong("started_at")),
                instant(row, "ended_at"),
                row.getString("outcome"),
                row.getString("reason"),
                instant(row, "retry_at"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : Micros.instant(micros);
    }
}
