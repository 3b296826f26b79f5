package dev.batchgate.local;

import dev.batchgate.ingestion.ChangesContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

class ChangesTests extends ChangesContract {

    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return store.desk(store.open(Clock.systemUTC(), Ticker.SYSTEM, settings));
    }
}
