package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.OutboxContract;
import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OutboxTests extends OutboxContract {

    private final TestStore store = new TestStore();
    private final MovedTime time = new MovedTime();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return store.desk(store.open(time, settings));
    }

    @Override
    protected Outbox outbox() {
        return store.outbox(time);
    }

    @Override
    protected void pass(Duration time) {
        this.time.pass(time);
    }

    @Override
    protected void deleteExpired() {
        Retention retention = new Retention(store.journal(), time, Duration.ofSeconds(1), cut -> {});
        for (boolean more = true; more; ) {
            more = retention.step();
        }
    }

    @Test
    void whatACrashedProcessWasSendingIsDueAtOnce() throws Exception {
        UUID id = add("http://receiver.example", Priority.LOW, 1);
        completeNext();
        List<Delivery> claimed = outbox().claim(List.of(due().get(0).id()), Duration.ofHours(1));
        store.kill();

        desk("interval=1ms");

        assertThat(outbox().due(Set.of(), 2, 2))
                .extracting(Outbox.Due::id)
                .containsExactly(claimed.get(0).id());
        assertThat(outbox().of(id)).extracting(Outbox.Entry::attempts).containsExactly(1);
    }
}
