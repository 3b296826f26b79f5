package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.OrdersContract;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocalOrdersTests extends OrdersContract {

    private final List<TestStore> stores = new ArrayList<>();
    private final CountDownLatch journalGoesOn = new CountDownLatch(1);

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

    @Test
    void anOrderSeesWhatWasAskedForJustBeforeItAndIsSeenByWhatComesJustAfter() throws Exception {
        LocalQueue queue = (LocalQueue)
                desk("interval=1ms", "max-in-flight=2", "upstream.backoff=0ms").queue();
        TestStore store = stores.get(stores.size() - 1);
        UUID cancelled = queue.add(Queues.submission(Priority.HIGH, Ids.of(1, 2, 3, 4)));
        UUID next = queue.add(Queues.submission(Priority.LOW, Ids.of(5)));
        Batch missed = queue.take();
        queue.departed(missed);
        List<Batch> taken = new ArrayList<>();

        Thread holding = started(() -> store.journal().perform(writer -> {
            awaitQuietly(journalGoesOn);
            return true;
        }));
        List<Thread> inThisOrder = List.of(
                holding,
                started(() -> queue.finish(missed, Outcomes.missed(missed, "not yet"))),
                started(() -> queue.orders().cancel(cancelled)));
        journalGoesOn.countDown();
        for (Thread thread : inThisOrder) {
            thread.join(10_000);
        }
        taken.add(queue.take());

        assertThat(taken).extracting(Batch::ingestionId).containsExactly(next);
        assertThat(queue.find(cancelled).orElseThrow().status()).isEqualTo(IngestionStatus.CANCELLED);
        queue.finish(taken.get(0), Outcomes.completed(taken.get(0)));
        assertThat(store.verify()).contains("violations   0", "dispatches   2");
    }

    @Test
    void aDispatchDoesNotWaitForTheOrdersOfOthers() throws Exception {
        LocalQueue queue = (LocalQueue) desk("interval=1ms").queue();
        TestStore store = stores.get(stores.size() - 1);
        UUID first = queue.add(Queues.submission(Priority.HIGH, Ids.of(1)));
        List<Boolean> pausedAtDispatch = new ArrayList<>();
        Thread holding = started(() -> store.journal().perform(writer -> {
            awaitQuietly(journalGoesOn);
            return true;
        }));
        Thread ordering = started(() -> queue.orders().pause());
        Thread dispatching = started(() -> {
            if (queue.take().ingestionId().equals(first)) {
                pausedAtDispatch.add(true);
            }
        });
        journalGoesOn.countDown();

        for (Thread thread : List.of(holding, ordering, dispatching)) {
            thread.join(10_000);
        }
        assertThat(pausedAtDispatch)
                .as("it went before a pause that nobody had been told of")
                .hasSize(1);
        assertThat(store.verify()).contains("violations   0");
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** Runs until it waits for something, and then on in the background. */
    private static Thread started(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Exception broken) {
                throw new AssertionError(broken);
            }
        });
        thread.start();
        await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }
}
