package dev.batchgate.postgres;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.AbstractList;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ingestions as they are in the database, each read in one statement, so that it is of one moment. Any thread may enter. */
final class StoredIngestions {

    /** First the ingestion itself, then each of its batches that have been dispatched. */
    private static final String FIND = """
            WITH found AS MATERIALIZED (SELECT * FROM ingestion WHERE id = ? AND expired = 0)
            SELECT NULL::integer AS batch, priority_of(found.rank) AS status, found.created_at, ids, id_bytes, batch_size, owner, cancelled_at,
                   (SELECT count(*) FROM control c WHERE c.ingestion = found.sequence)::integer AS attempts, NULL::bigint AS started_at, NULL::bigint AS finished_at, NULL AS error,
                   NULL::bigint AS next_attempt_at, NULL::integer AS unknown_outcomes,
            """ + Here.COLUMNS + "\n" + """
            FROM found CROSS JOIN gate g CROSS JOIN acceptance a CROSS JOIN (SELECT now_micros() AS now) n
            UNION ALL
            SELECT b.batch, b.status, NULL, NULL, NULL, NULL, NULL, NULL,
                   b.attempts, b.started_at, b.finished_at, b.error, b.next_attempt_at, b.unknown_outcomes,
                   NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
            FROM batch b WHERE b.ingestion = (SELECT sequence FROM found)""";

    private final Database database;

    StoredIngestions(Database database) {
        this.database = database;
    }

    /** An ingestion, and where it is. */
    record Found(Ingestion ingestion, Here here) {}

    Optional<Ingestion> find(UUID id) {
        return look(id).map(Found::ingestion);
    }

    Optional<Found> look(UUID id) {
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                find.setObject(1, id);
                try (ResultSet row = find.executeQuery()) {
                    return read(id, row);
                }
            }
        });
    }

    private static Optional<Found> read(UUID id, ResultSet row) throws SQLException {
        if (!row.next()) {
            return Optional.empty();
        }
        Here here = Here.read(row);
        Priority priority = Priority.valueOf(row.getString("status"));
        Instant createdAt = Micros.instant(row.getLong("created_at"));
        Ids ids = new PackedIds(row.getInt("id_bytes"), row.getBytes("ids")).unpack();
        int batchSize = row.getInt("batch_size");
        String owner = row.getString("owner");
        int orders = row.getInt("attempts");
        Instant cancelledAt = instant(row, "cancelled_at");
        Map<Integer, BatchState> dispatched = new HashMap<>();
        while (row.next()) {
            dispatched.put(row.getInt("batch"), state(row));
        }
        BatchState rest = cancelledAt == null
                ? BatchState.YET_TO_START
                : BatchState.YET_TO_START.ended(BatchStatus.CANCELLED, null, cancelledAt);
        int batches = Batch.count(ids, batchSize);
        Ingestion ingestion = Ingestion.of(
                id, priority, createdAt, ids, batchSize, owner, orders, new States(dispatched, rest, batches));
        return Optional.of(new Found(ingestion, here));
    }

    private static BatchState state(ResultSet row) throws SQLException {
        return new BatchState(
                BatchStatus.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                row.getInt("attempts"),
                instant(row, "started_at"),
                instant(row, "finished_at"),
                row.getString("error"),
                instant(row, "next_attempt_at"),
                row.getInt("unknown_outcomes"));
    }

    static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        long micros = row.getLong(column);
        return row.wasNull() ? null : Micros.instant(micros);
    }

    /** What became of those that have been dispatched, and the same of all others. */
    private static final class States extends AbstractList<BatchState> {

        private final Map<Integer, BatchState> dispatched;
        private final BatchState rest;
        private final int batches;

        States(Map<Integer, BatchState> dispatched, BatchState rest, int batches) {
            this.dispatched = dispatched;
            this.rest = rest;
            this.batches = batches;
        }

        @Override
        public BatchState get(int batch) {
            return dispatched.getOrDefault(batch, rest);
        }

        @Override
        public int size() {
            return batches;
        }
    }
}
