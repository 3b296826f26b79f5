package dev.batchgate.local;

import dev.batchgate.ingestion.Traceparents;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.UUID;

/** The traces that ingestions were handed in under. Any thread may enter. */
final class StoredTraceparents implements Traceparents {

    private static final String FIND = "SELECT traceparent FROM ingestion WHERE id = ?";

    private final StoreReader store;

    StoredTraceparents(StoreReader store) {
        this.store = store;
    }

    @Override
    public Optional<String> find(UUID ingestionId) {
        return store.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                find.setBytes(1, StoreWriter.bytes(ingestionId));
                try (ResultSet row = find.executeQuery()) {
                    return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                }
            }
        });
    }
}
