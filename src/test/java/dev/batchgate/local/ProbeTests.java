package dev.batchgate.local;

import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.ProbeContract;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;

class ProbeTests extends ProbeContract {

    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return store.desk(store.open(Clock.systemUTC(), Ticker.SYSTEM, settings));
    }

    @Override
    protected String verify() {
        return store.verify();
    }
}
