package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What Batchgate is about, on one page. */
class WorkedExampleTests {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();
    private final BatchQueue queue = store.open(time, "interval=5s");
    private final List<String> upstreamLog = new ArrayList<>();

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void highOvertakesQueuedMediumAtTheNextSlot() throws Exception {
        queue.add(Queues.submission(Priority.MEDIUM, Ids.of(1, 2, 3, 4, 5)));
        time.at(Duration.ofSeconds(4), () -> queue.add(Queues.submission(Priority.HIGH, Ids.of(6, 7, 8, 9))));

        dispatch(4);

        assertThat(upstreamLog).containsExactly("T0 [1, 2, 3]", "T5 [6, 7, 8]", "T10 [9]", "T15 [4, 5]");
    }

    @Test
    void slotsThatNobodyNeededAreGone() throws Exception {
        queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
        dispatch(1);
        time.pass(Duration.ofSeconds(60));
        queue.add(Queues.submission(Priority.LOW, Ids.of(2, 3, 4, 5, 6, 7, 8)));

        dispatch(3);

        assertThat(upstreamLog).containsExactly("T0 [1]", "T60 [2, 3, 4]", "T65 [5, 6, 7]", "T70 [8]");
    }

    @Test
    void aBatchThatComesBetweenTwoTicksDoesNotWaitForTheNextTick() throws Exception {
        queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
        dispatch(1);
        time.pass(Duration.ofSeconds(7));
        queue.add(Queues.submission(Priority.LOW, Ids.of(2)));

        dispatch(1);

        assertThat(upstreamLog).containsExactly("T0 [1]", "T7 [2]");
    }

    private void dispatch(int batches) throws InterruptedException {
        for (int i = 0; i < batches; i++) {
            Batch batch = queue.take();
            upstreamLog.add("T" + time.sinceStart().toSeconds() + " " + batch.ids());
            queue.departed(batch);
            queue.finish(batch, Outcomes.completed(batch));
        }
    }
}
