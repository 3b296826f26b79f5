package dev.batchgate.local;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ingestions that have ended, read from the store when somebody asks. Any thread may enter; each reads over a
 * connection of its own, of which there are a few, beside the one that writes.
 */
final class FinishedIngestions implements AutoCloseable {

    private static final String FIND = """
            SELECT sequence, priority, created_at, batch_size, id_bytes, ids FROM ingestion
            WHERE id = ? AND finished_at IS NOT NULL""";
    private static final String NOTEWORTHY = """
            SELECT batch, outcome, reason FROM dispatch WHERE ingestion = ? AND outcome <> 'completed' ORDER BY slot""";

    private static final int CONNECTIONS = 4;
    private static final long PATIENCE_MILLIS = 5_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final HikariDataSource connections;

    FinishedIngestions(StoreFolder folder) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("store");
        config.setDataSource(folder.reading());
        config.setReadOnly(true);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        this.connections = new HikariDataSource(config);
    }

    Optional<Ingestion> find(UUID id) {
        try (Connection connection = connections.getConnection();
                PreparedStatement find = connection.prepareStatement(FIND)) {
            find.setBytes(1, StoreWriter.bytes(id));
            try (ResultSet row = find.executeQuery()) {
                return row.next() ? Optional.of(ingestion(id, row, connection)) : Optional.empty();
            }
        } catch (SQLException unreadable) {
            throw new Unavailable("The store cannot be read at the moment.", RETRY_AFTER, unreadable);
        }
    }

    private static Ingestion ingestion(UUID id, ResultSet row, Connection connection) throws SQLException {
        Ids ids = new PackedIds(row.getInt("id_bytes"), row.getBytes("ids")).unpack();
        int batchSize = row.getInt("batch_size");
        return new Ingestion(
                id,
                Priority.valueOf(row.getString("priority")),
                Moment.instant(row.getLong("created_at")),
                ids,
                batchSize,
                Batch.count(ids, batchSize),
                noteworthy(row.getLong("sequence"), connection));
    }

    /** What is to be said of those batches alone that did not plainly complete. */
    private static Map<Integer, BatchState> noteworthy(long sequence, Connection connection) throws SQLException {
        Map<Integer, BatchState> states = new HashMap<>();
        try (PreparedStatement find = connection.prepareStatement(NOTEWORTHY)) {
            find.setLong(1, sequence);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    int unknown = states.getOrDefault(row.getInt("batch"), BatchState.COMPLETED)
                            .unknownOutcomes();
                    states.put(row.getInt("batch"), state(row, unknown));
                }
            }
        }
        return states;
    }

    private static BatchState state(ResultSet row, int unknown) throws SQLException {
        return row.getString("outcome").equals(StoreWriter.UNKNOWN)
                ? new BatchState(BatchStatus.COMPLETED, null, unknown + 1)
                : new BatchState(BatchStatus.FAILED, row.getString("reason"), unknown);
    }

    @Override
    public void close() {
        connections.close();
    }
}
