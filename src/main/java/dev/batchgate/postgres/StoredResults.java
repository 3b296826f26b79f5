package dev.batchgate.postgres;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Results;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Results as they are in the database, a page at a time. Any thread may enter. */
final class StoredResults implements Results {

    private static final String FIND = """
            SELECT sequence, octet_length(ids) / id_bytes AS size FROM ingestion WHERE id = ? AND expired = 0""";

    /** As many as fit into a page by their sizes, which are known without reading them. */
    private static final String READ = """
            SELECT position, status, form, content_type, data, error, http_status
            FROM (SELECT *, sum(coalesce(octet_length(data), 0)) OVER (ORDER BY position)
                           - coalesce(octet_length(data), 0) AS bytes_before
                  FROM (SELECT * FROM result WHERE ingestion = ? AND position >= ? ORDER BY position LIMIT 1000) next) page
            WHERE bytes_before <= 64000
            ORDER BY position""";

    private static final int MOST_IN_PAGE = 1_000;
    private static final long MOST_BYTES = 64_000;

    private final Database database;

    StoredResults(Database database) {
        this.database = database;
    }

    @Override
    public Optional<Page> read(UUID ingestionId, int from) {
        return database.read(connection -> {
            Optional<Found> found = find(connection, ingestionId);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Page page = read(connection, found.get(), from);
            // Else what was read may be half deleted.
            return find(connection, ingestionId).map(still -> page);
        });
    }

    private record Found(long sequence, int size) {}

    private static Optional<Found> find(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(FIND)) {
            find.setObject(1, id);
            try (ResultSet row = find.executeQuery()) {
                return row.next() ? Optional.of(new Found(row.getLong(1), row.getInt(2))) : Optional.empty();
            }
        }
    }

    private static Page read(Connection connection, Found ingestion, int from) throws SQLException {
        SortedMap<Integer, IdOutcome> results = new TreeMap<>();
        try (PreparedStatement read = connection.prepareStatement(READ)) {
            read.setLong(1, ingestion.sequence());
            read.setInt(2, from);
            try (ResultSet row = read.executeQuery()) {
                for (long bytes = 0; row.next(); ) {
                    int position = row.getInt("position");
                    byte[] data = row.getBytes("data");
                    bytes += data == null ? 0 : data.length;
                    results.put(position, outcome(row, data));
                    if (results.size() == MOST_IN_PAGE || bytes > MOST_BYTES) {
                        return new Page(results, position + 1);
                    }
                }
            }
        }
        return new Page(results, ingestion.size());
    }

    private static IdOutcome outcome(ResultSet row, byte[] data) throws SQLException {
        return switch (row.getString("status")) {
            case "completed" ->
                new IdOutcome.Fetched(new Data(
                        Data.Form.valueOf(row.getString("form")),
                        row.getString("content_type"),
                        new String(data, StandardCharsets.UTF_8)));
            case "failed" -> {
                String error = row.getString("error");
                int status = row.getInt("http_status");
                yield new IdOutcome.Failed(error, row.wasNull() ? null : status);
            }
            default -> new IdOutcome.Cancelled();
        };
    }
}
