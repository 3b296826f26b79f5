package dev.batchgate.postgres;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Progress;
import dev.batchgate.ingestion.Standing;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** Ingestions as they are in the database, a page in one statement, so that it is of one moment. Any thread may enter. */
final class PostgresListing implements Listing {

    private static final String PLACE =
            "SELECT sequence FROM ingestion WHERE id = ? AND expired = 0 AND (?::text IS NULL OR owner = ?)";

    /** The batches of an ingestion are dispatched in their order; of those that were, all ended well that are not lost. */
    private static final String READ = """
            SELECT found.id, found.created_at, found.is_cancelled, found.finished_at, found.batches,
                   d.dispatched, e.failed, e.cancelled, o.open,
            """ + Here.COLUMNS + "\n" + """
            FROM (SELECT sequence, id, rank, created_at, cancelled_at IS NOT NULL AS is_cancelled, finished_at,
                         (octet_length(ids) / id_bytes - 1) / batch_size + 1 AS batches
                  FROM ingestion WHERE sequence < ? AND expired = 0 %s ORDER BY sequence DESC LIMIT ?) found
            CROSS JOIN gate g CROSS JOIN acceptance a CROSS JOIN (SELECT now_micros() AS now) n
            CROSS JOIN LATERAL (
                SELECT coalesce(max(b.batch) + 1, 0) AS dispatched FROM batch b WHERE b.ingestion = found.sequence) d
            CROSS JOIN LATERAL (
                SELECT count(*) FILTER (WHERE b.status = 'failed') AS failed,
                       count(*) FILTER (WHERE b.status = 'cancelled') AS cancelled
                FROM batch b WHERE b.ingestion = found.sequence AND b.status IN ('failed', 'cancelled')) e
            CROSS JOIN LATERAL (
                SELECT count(*) AS open FROM batch b WHERE b.ingestion = found.sequence AND b.finished_at IS NULL) o
            ORDER BY found.sequence DESC""";

    private static final String READ_ALL = READ.formatted("");
    private static final String READ_OWN = READ.formatted("AND owner = ?");

    private final Database database;
    private final Standings standings;

    PostgresListing(Database database, Standings standings) {
        this.database = database;
        this.standings = standings;
    }

    @Override
    public Optional<Long> place(UUID ingestionId, @Nullable String owner) {
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(PLACE)) {
                find.setObject(1, ingestionId);
                find.setString(2, owner);
                find.setString(3, owner);
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
                }
            }
        });
    }

    /** @param here empty if it has ended */
    private record Row(Outline outline, Optional<Here> here) {}

    @Override
    public List<Listed> before(long place, @Nullable String owner, int limit) {
        List<Row> page = read(place, owner, limit);
        Map<UUID, Here> open = new LinkedHashMap<>();
        page.forEach(row -> row.here().ifPresent(here -> open.put(row.outline().id(), here)));
        Map<Long, Standing> found = standings.of(open);
        return page.stream()
                .map(row -> new Listed(row.outline(), row.here().map(here -> found.get(here.sequence()))))
                .toList();
    }

    private List<Row> read(long place, @Nullable String owner, int limit) {
        return database.read(connection -> {
            try (PreparedStatement read = connection.prepareStatement(owner == null ? READ_ALL : READ_OWN)) {
                // Planned anew each time, for tables as large as they are by then.
                read.unwrap(PGStatement.class).setPrepareThreshold(0);
                int column = 1;
                read.setLong(column++, place);
                if (owner != null) {
                    read.setString(column++, owner);
                }
                read.setInt(column, limit);
                try (ResultSet row = read.executeQuery()) {
                    List<Row> page = new ArrayList<>();
                    while (row.next()) {
                        boolean ended = row.getObject("finished_at") != null;
                        page.add(new Row(outline(row), ended ? Optional.empty() : Optional.of(Here.read(row))));
                    }
                    return page;
                }
            }
        });
    }

    private static Outline outline(ResultSet row) throws SQLException {
        int batches = row.getInt("batches");
        int dispatched = row.getInt("dispatched");
        int failed = row.getInt("failed");
        int cancelled = row.getInt("cancelled");
        Progress progress = new Progress(
                batches,
                dispatched - failed - cancelled - row.getInt("open"),
                failed,
                cancelled + (row.getBoolean("is_cancelled") ? batches - dispatched : 0));
        return Outline.of(
                row.getObject("id", UUID.class),
                Fairness.RANKS.get(row.getInt("rank")),
                Micros.instant(row.getLong("created_at")),
                progress,
                dispatched);
    }
}
