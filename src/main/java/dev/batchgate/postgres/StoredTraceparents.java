package dev.batchgate.postgres;

import dev.batchgate.ingestion.Traceparents;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.UUID;

/** The traces that ingestions were handed in under. Any thread may enter. */
final class StoredTraceparents implements Traceparents {

    private static final String FIND = "SELECT traceparent FROM ingestion WHERE id = ?";

    private final Database database;

    StoredTraceparents(Database database) {
        this.database = database;
    }

    @Override
    public Optional<String> find(UUID ingestionId) {
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                find.setObject(1, ingestionId);
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                }
            }
        });
    }
}
