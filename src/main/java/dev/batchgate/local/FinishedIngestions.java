package dev.batchgate.local;

import dev.batchgate.ingestion.Ingestion;
import java.util.Optional;
import java.util.UUID;

/** Ingestions that have ended, read from the store when somebody asks. Any thread may enter. */
final class FinishedIngestions {

    private final StoreReader store;

    FinishedIngestions(StoreReader store) {
        this.store = store;
    }

    Optional<Ingestion> find(UUID id) {
        return store.read(connection -> Replay.load(connection, id)).map(Tracked::snapshot);
    }
}
