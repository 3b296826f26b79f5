package dev.batchgate.local;

import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Ingestions as the store has them, in the order of acceptance; those that have not ended, as they are in memory. Any
 * thread may enter.
 */
final class LocalListing implements Listing {

    private static final String PLACE =
            "SELECT sequence FROM ingestion WHERE id = ?1 AND expired = 0 AND (?2 IS NULL OR owner = ?2)";

    /** The batches of an ingestion are dispatched in their order; of those that were, all ended well that are not lost. */
    private static final String READ = """
            SELECT i.id, i.created_at, i.finished_at IS NOT NULL AS ended,
                   (length(i.ids) / i.id_bytes - 1) / i.batch_size + 1 AS batches,
                   coalesce((SELECT c.priority FROM control c WHERE c.ingestion = i.sequence AND c.kind = 'move'
                             ORDER BY c.control DESC LIMIT 1), i.priority) AS priority,
                   (SELECT coalesce(max(d.batch) + 1, 0) FROM dispatch d WHERE d.ingestion = i.sequence) AS dispatched,
                   (SELECT count(*) FROM dispatch d
                    WHERE d.ingestion = i.sequence AND d.batch_status = 'failed'
                      AND d.batch_status IN ('failed', 'cancelled') AND d.retried IS NULL) AS failed,
                   (SELECT count(*) FROM dispatch d
                    WHERE d.ingestion = i.sequence AND d.batch_status = 'cancelled'
                      AND d.batch_status IN ('failed', 'cancelled') AND d.retried IS NULL) AS cancelled
            FROM ingestion i WHERE i.sequence < ?1 AND i.expired = 0 %s ORDER BY i.sequence DESC LIMIT ?2""";

    private static final String READ_ALL = READ.formatted("");
    private static final String READ_OWN = READ.formatted("AND i.owner = ?3");

    private final StoreReader store;
    private final LocalQueue queue;
    private final QueueParts parts;
    private final Standings standings;

    LocalListing(StoreReader store, LocalQueue queue, QueueParts parts) {
        this.store = store;
        this.queue = queue;
        this.parts = parts;
        this.standings = new Standings(parts);
    }

    /** @param ended as it did; empty if it had not when it was read */
    private record Row(UUID id, Optional<Outline> ended) {}

    @Override
    public Optional<Long> place(UUID ingestionId, @Nullable String owner) {
        return store.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(PLACE)) {
                find.setBytes(1, StoreWriter.bytes(ingestionId));
                find.setString(2, owner);
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public List<Listed> before(long place, @Nullable String owner, int limit) {
        // What is on disk already and nobody has been told of is not in memory yet.
        long known = parts.line().newest();
        List<Row> rows = store.read(connection -> {
            try (PreparedStatement read = connection.prepareStatement(owner == null ? READ_ALL : READ_OWN)) {
                read.setLong(1, Math.min(place, known + 1));
                read.setInt(2, limit);
                if (owner != null) {
                    read.setString(3, owner);
                }
                try (ResultSet row = read.executeQuery()) {
                    List<Row> found = new ArrayList<>();
                    while (row.next()) {
                        found.add(read(row));
                    }
                    return found;
                }
            }
        });
        return rows.stream().map(this::listed).flatMap(Optional::stream).toList();
    }

    private static Row read(ResultSet row) throws SQLException {
        UUID id = StoreWriter.uuid(row.getBytes("id"));
        if (!row.getBoolean("ended")) {
            return new Row(id, Optional.empty());
        }
        int batches = row.getInt("batches");
        int dispatched = row.getInt("dispatched");
        int failed = row.getInt("failed");
        int cancelled = row.getInt("cancelled");
        Progress progress =
                new Progress(batches, dispatched - failed - cancelled, failed, cancelled + batches - dispatched);
        return new Row(
                id,
                Optional.of(Outline.of(
                        id,
                        Priority.valueOf(row.getString("priority")),
                        Micros.instant(row.getLong("created_at")),
                        progress,
                        dispatched)));
    }

    private Optional<Listed> listed(Row row) {
        Tracked open = parts.statuses().get(row.id());
        if (open != null) {
            return Optional.of(new Listed(open.outline(), Optional.of(standings.of(open))));
        }
        // What is neither in memory nor has ended is changing hands at this moment.
        return row.ended()
                .map(ended -> new Listed(ended, Optional.empty()))
                .or(() -> queue.find(row.id()).map(found -> new Listed(found.outline(), standings.find(row.id()))));
    }
}
