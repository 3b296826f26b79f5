package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.DispatchLogContract;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Priority;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DispatchLogTests extends DispatchLogContract {

    private final TestStore store = new TestStore();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return store.desk(store.open(Clock.systemUTC(), Ticker.SYSTEM, settings));
    }

    @Test
    void whatACrashHidIsToldByTheNextProcess() throws Exception {
        add(Priority.LOW, 1, 2, 3);
        desk().queue().take();
        long told = desk().dispatches().last();
        store.kill();

        DispatchLog next = desk("interval=1ms").dispatches();

        List<DispatchLog.Entry> news = next.after(told, 10);
        assertThat(news).extracting(DispatchLog.Entry::outcome).containsExactly("unknown");
        assertThat(news.get(0).change()).isGreaterThan(told).isEqualTo(next.last());
    }

    /** Else a number would be given twice, and whoever goes on after the first would miss the second. */
    @Test
    void aNumberIsNotGivenAgainOnceItsDispatchIsForgotten() throws Exception {
        add(Priority.LOW, 1);
        desk().queue().take();
        long told = desk().dispatches().last();
        store.tamper("DELETE FROM dispatch");
        assertThat(desk().dispatches().last()).isEqualTo(told);

        add(Priority.HIGH, 1);
        store.tamper(
                "INSERT INTO dispatch (run, started_at, started_ticks, accepted, ingestion, priority, batch, batches,"
                        + " attempt) VALUES (1, 1, 1, 2, 2, 'HIGH', 0, 1, 1)");

        assertThat(desk().dispatches().after(told, 1))
                .extracting(DispatchLog.Entry::change)
                .containsExactly(told + 1);
    }
}
