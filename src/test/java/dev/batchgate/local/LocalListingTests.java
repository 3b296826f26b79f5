package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Listing;
import dev.batchgate.ingestion.ListingContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

    /** It is on disk, and nobody has been told of it: it is not in memory yet, nor has it ended. */
    @Test
    void whatHasNotBeenAcknowledgedIsNotListed() {
        Desk desk = desk();
        UUID known = desk.queue().add(Queues.submission(Priority.LOW, Ids.of(1)));
        stores.get(0)
                .tamper("INSERT INTO ingestion (id, priority, created_at, batch_size, id_bytes, ids)"
                        + " SELECT randomblob(16), priority, created_at, batch_size, id_bytes, ids FROM ingestion");

        assertThat(desk.listing().before(Listing.NEWEST, null, 10))
                .extracting(listed -> listed.outline().id())
                .containsExactly(known);
    }
}
