package dev.batchgate.local;

import dev.batchgate.ingestion.ListingContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class LocalListingTests extends ListingContract {

    private final List<TestStore> stores = new ArrayList<>();

    @AfterEach
    void deleteStores() {
        stores.forEach(TestStore::close);
    }

    @Override
    protected Desk desk(String... settings) {
        TestStore store = new TestStore();
        stores.add(store);
        return store.desk(store.open(Clock.systemUTC(), Ticker.SYSTEM, settings));
    }
}
