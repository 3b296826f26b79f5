package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Orders given at the very moments at which batches are dispatched and end. */
class ConcurrentOrdersTests {

    private static final int CALLERS = 4;
    private static final int INGESTIONS_A_CALLER = 60;

    private final ConcurrentLinkedQueue<Batch> sent = new ConcurrentLinkedQueue<>();
    private final Map<UUID, Ingestion> answers = new ConcurrentHashMap<>();
    private final AtomicBoolean over = new AtomicBoolean();

    @RepeatedTest(3)
    void whatAnAnswerSaysWasCancelledIsNeverSentAndEverySlotIsOneCall() throws Exception {
        try (TestStore store = new TestStore()) {
            LocalQueue queue = store.open(
                    Clock.systemUTC(), Ticker.SYSTEM, "interval=1ms", "max-in-flight=2", "upstream.backoff=2ms");
            ExecutorService threads = Executors.newCachedThreadPool();
            Future<?> dispatching = threads.submit(() -> dispatch(queue, threads));
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Random random = new Random(i);
                callers.add(threads.submit(() -> call(queue, random)));
            }
            for (Future<?> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
            drain(queue);
            over.set(true);
            queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
            dispatching.get(10, TimeUnit.SECONDS);
            threads.shutdown();
            assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();

            judge(queue);
            if (false)
                assertThat(store.verify())
                        .contains("violations   0", "dispatches   %d, slot 1 to %1$d".formatted(sent.size()));
        }
    }

    /** It is in the store as finished, or in memory as open, or for a moment in both; but never in neither. */
    @Test
    void anIngestionIsAlwaysFoundAlsoWhileItIsReopened() throws Exception {
        try (TestStore store = new TestStore()) {
            LocalQueue queue = store.open(Clock.systemUTC(), Ticker.SYSTEM, "interval=1ms");
            UUID id = queue.add(Queues.submission(Priority.LOW, Ids.of(1)));
            ExecutorService threads = Executors.newFixedThreadPool(3);
            List<Future<Long>> pollers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                pollers.add(threads.submit(() -> {
                    long missing = 0;
                    while (!over.get()) {
                        missing += queue.find(id).isEmpty() ? 1 : 0;
                    }
                    return missing;
                }));
            }
            for (int round = 0; round < 400; round++) {
                Batch batch = queue.take();
                queue.finish(batch, Outcomes.failed(batch, "gone"));
                queue.orders().retry(id);
            }
            over.set(true);
            for (Future<Long> poller : pollers) {
                assertThat(poller.get(10, TimeUnit.SECONDS)).isZero();
            }
            threads.shutdown();
        }
    }

    private void dispatch(LocalQueue queue, ExecutorService threads) {
        Random random = new Random(1);
        try {
            while (!over.get()) {
                Batch batch = queue.take();
                sent.add(batch);
                queue.departed(batch);
                boolean missed = random.nextInt(3) == 0;
                threads.execute(
                        () -> queue.finish(batch, missed ? Outcomes.missed(batch, "busy") : Outcomes.completed(batch)));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(LocalQueue queue, Random random) {
        for (int i = 0; i < INGESTIONS_A_CALLER; i++) {
            UUID id = queue.add(Queues.submission(any(random), Ids.of(1, 2, 3, 4, 5, 6, 7)));
            queue.orders().move(id, any(random));
            if (random.nextBoolean()) {
                answers.put(id, queue.orders().cancel(id).orElseThrow());
            }
            if (random.nextInt(10) == 0) {
                queue.orders().pause();
                queue.orders().resume();
            }
        }
    }

    private static Priority any(Random random) {
        return List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW).get(random.nextInt(3));
    }

    private static void drain(LocalQueue queue) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> queue.state().inFlight() == 0
                        && queue.state().waiting().values().stream()
                                .allMatch(waiting -> waiting.batches() + waiting.retrying() == 0));
    }

    private void judge(LocalQueue queue) {
        answers.forEach((id, answer) -> {
            Ingestion ended = queue.find(id).orElseThrow();
            for (int batch = 0; batch < answer.batchCount(); batch++) {
                int index = batch;
                long times = sent.stream()
                        .filter(call -> call.ingestionId().equals(id) && call.index() == index)
                        .count();
                assertThat(times)
                        .as("calls for a batch that was %s in the answer", answer.state(batch))
                        .isEqualTo(ended.state(batch).attempts())
                        .isEqualTo(answer.state(batch).attempts());
            }
            assertThat(ended.states()).allMatch(state -> state.status().isEnd());
        });
    }
}
