package dev.batchgate.local;

import dev.batchgate.ingestion.Ingestion;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Optional;
import java.util.UUID;

/** Ingestions that have ended, read from the store when somebody asks. Any thread may enter. */
final class FinishedIngestions {

    private static final String IS_KNOWN = "SELECT count(*) FROM ingestion WHERE id = ? AND expired = 0";

    private final StoreReader store;

    FinishedIngestions(StoreReader store) {
        this.store = store;
    }

    Optional<Ingestion> find(UUID id) {
        return store.read(connection -> Replay.load(connection, id)).map(Tracked::snapshot);
    }

    /** Whether it is in the store at all, ended or not. */
    boolean isKnown(UUID id) {
        return store.read(connection -> {
            try (PreparedStatement count = connection.prepareStatement(IS_KNOWN)) {
                count.setBytes(1, StoreWriter.bytes(id));
                try (ResultSet row = count.executeQuery()) {
                    row.next();
                    return row.getInt(1) > 0;
                }
            }
        });
    }
}
