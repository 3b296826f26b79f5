package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchQueueContract;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Submission;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalQueueTests extends BatchQueueContract {

    private final List<TestStore> stores = new ArrayList<>();

    @AfterEach
    void deleteStores() {
        stores.forEach(TestStore::close);
    }

    @Override
    protected BatchQueue queue(String... settings) {
        return store().open(Clock.systemUTC(), Ticker.SYSTEM, settings);
    }

    private TestStore store() {
        TestStore store = new TestStore();
        stores.add(store);
        return store;
    }

    @Test
    void aWallClockThatIsSetBackReordersNothing() throws Exception {
        MovedTime time = new MovedTime();
        BatchQueue queue = store().open(time, "interval=5s");
        Submission before = Queues.submission(Priority.LOW, Ids.of(1));
        Submission after = Queues.submission(Priority.LOW, Ids.of(2));
        queue.add(before);
        time.setWallClockWrongBy(Duration.ofHours(-2));
        queue.add(after);

        assertThat(take(queue).ids()).containsExactly(1L);
        assertThat(take(queue).ids()).containsExactly(2L);
        assertThat(queue.find(after.id()).orElseThrow().createdAt())
                .isEqualTo(queue.find(before.id()).orElseThrow().createdAt());
        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theNextSlotIsNowWhileTheGateStandsOpenAndAnIntervalAfterADeparture() throws Exception {
        MovedTime time = new MovedTime();
        BatchQueue queue = store().open(time, "interval=5s");
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant());

        queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
        take(queue);
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant().plusSeconds(5));
        time.pass(Duration.ofSeconds(2));
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant().plusSeconds(3));
        time.pass(Duration.ofSeconds(60));
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant());
    }

    private static Batch take(BatchQueue queue) throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.completed(batch));
        return batch;
    }
}
