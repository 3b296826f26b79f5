package dev.batchgate.local;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.QuotaContract;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class QuotaTests extends QuotaContract {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return store.desk(store.open(time, settings));
    }

    @Override
    protected BatchQueue another(String... settings) {
        store.kill();
        return store.open(time, settings);
    }

    @Override
    protected BatchQueue beside(BatchQueue one) {
        return one;
    }

    @Override
    protected void pass(Duration wait) {
        time.pass(wait);
    }
}
