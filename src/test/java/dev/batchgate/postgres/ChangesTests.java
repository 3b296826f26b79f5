package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.ChangesContract;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangesTests extends ChangesContract {

    private static final String CUT = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND query LIKE 'LISTEN%'""";

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    @Override
    protected Desk desk(String... settings) {
        return installation.desk(settings);
    }

    @Test
    void whatAnotherReplicaDoesIsToldToo() throws Exception {
        Queue<UUID> told = new ConcurrentLinkedQueue<>();
        Desk other = installation.desk("interval=1ms");
        other.changes().watch(new Changes.Watcher() {
            @Override
            public void changed(UUID ingestionId) {
                told.add(ingestionId);
            }

            @Override
            public void missedSome() {}
        });
        // It listens by the time that it hears of the first.
        await().until(() -> {
            desk().queue().add(Queues.submission(Priority.LOW, Ids.of(1)));
            Outcomes.completeNext(desk().queue());
            return !told.isEmpty();
        });
        UUID id = desk().queue().add(Queues.submission(Priority.LOW, Ids.of(1)));

        desk().orders().cancel(id);

        await().untilAsserted(() -> assertThat(told).endsWith(id));
    }

    @Test
    void whoeverWatchesIsToldThatNobodyListenedForAWhile() {
        await().until(() -> missed() == 1);

        assertThat(installation.number(CUT)).isOne();

        await().until(() -> missed() == 2);
    }
}
