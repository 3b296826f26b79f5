package dev.batchgate.local;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.IdempotencyContract;
import org.junit.jupiter.api.AfterEach;

class IdempotencyTests extends IdempotencyContract {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected BatchQueue queue(String... settings) {
        return store.open(time, settings);
    }

    @Override
    protected BatchQueue another(String... settings) {
        store.kill();
        return store.open(time, settings);
    }
}
