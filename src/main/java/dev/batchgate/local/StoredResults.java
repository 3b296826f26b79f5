package dev.batchgate.local;

import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Results;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Results as they are in the store, a page at a time. Any thread may enter. */
final class StoredResults implements Results {

    private static final String FIND = """
            SELECT sequence, length(ids) / id_bytes AS size FROM ingestion WHERE id = ? AND expired = 0""";
    private static final String READ = """
            SELECT position, status, form, content_type, data, error, http_status FROM result
            WHERE ingestion = ? AND position >= ? ORDER BY position LIMIT 1000""";
    private static final int MOST_IN_PAGE = 1_000;

    /** Of data; a page ends with the result that exceeds it. */
    private static final long MOST_CHARACTERS = 64_000;

    private final StoreReader store;

    StoredResults(StoreReader store) {
        this.store = store;
    }

    @Override
    public Optional<Page> read(UUID ingestionId, int from) {
        return store.read(connection -> {
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
            find.setBytes(1, StoreWriter.bytes(id));
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
                for (long characters = 0; row.next(); ) {
                    int position = row.getInt("position");
                    IdOutcome outcome = ResultRow.read(row);
                    results.put(position, outcome);
                    characters += outcome instanceof IdOutcome.Fetched fetched
                            ? fetched.data().text().length()
                            : 0;
                    if (results.size() == MOST_IN_PAGE || characters > MOST_CHARACTERS) {
                        return new Page(results, position + 1);
                    }
                }
            }
        }
        return new Page(results, ingestion.size());
    }
}
