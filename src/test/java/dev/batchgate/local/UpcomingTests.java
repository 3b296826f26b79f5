package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens after a slot has got its batch, and before it opens. */
class UpcomingTests {

    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration ONCE_CHOSEN = INTERVAL.minusMillis(5);
    private static final Duration UNTIL_THEN = INTERVAL.minus(Gate.AHEAD);

    private final TestStore store = new TestStore();
    private final MovedTime time = new MovedTime();
    private LocalQueue queue;

    @BeforeEach
    void useASlot() throws Exception {
        open("interval=1s", "max-in-flight=2");
    }

    private void open(String... settings) throws Exception {
        store.kill();
        queue = store.open(time, settings);
        add(Priority.LOW, 100);
        Outcomes.completeNext(queue);
        time.pass(INTERVAL);
        add(Priority.LOW, 101);
        Outcomes.completeNext(queue);
    }

    @AfterEach
    void deleteStore() {
        assertThat(store.isFatal()).isFalse();
        assertThat(store.verify()).contains("violations   0");
        store.close();
    }

    @Test
    void aBatchThatHasItsSlotLeavesWhenItOpensAndNotBefore() throws Exception {
        Duration before = time.sinceStart();
        add(Priority.LOW, 1);
        AtomicReference<Ingestion> seen = new AtomicReference<>();
        Submission other = Queues.submission(Priority.LOW, Ids.of(2));
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            queue.add(other);
            seen.set(queue.find(other.id()).orElseThrow());
        });

        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(time.sinceStart()).isEqualTo(before.plus(INTERVAL));
        assertThat(seen.get().createdAt())
                .as("what is no more urgent is accepted at once")
                .isBefore(time.instant());
    }

    @Test
    void whoHandsInWhatIsMoreUrgentIsToldOnceTheSlotHasOpened() throws Exception {
        add(Priority.LOW, 1);
        Submission urgent = Queues.submission(Priority.HIGH, Ids.of(2));
        AtomicReference<CompletableFuture<Receipt>> told = new AtomicReference<>();
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            told.set(queue.submit(urgent));
            await().until(() -> queue.find(urgent.id()).isPresent());
            assertThat(told.get()).isNotDone();
        });

        Batch first = queue.take();
        assertThat(first.ids()).containsExactly(1L);
        told.get().join();
        Instant opened = time.instant();
        assertThat(queue.find(urgent.id()).orElseThrow().createdAt()).isEqualTo(opened);
        queue.departed(first);
        assertThat(queue.take().ids()).containsExactly(2L);
    }

    @Test
    void whatIsMoreUrgentAndComesBeforeASlotHasItsBatchGetsIt() throws Exception {
        add(Priority.LOW, 1);
        inASlotsTime(UNTIL_THEN, () -> add(Priority.HIGH, 2));

        assertThat(queue.take().ids()).containsExactly(2L);
    }

    @Test
    void whereTurnsAreTakenNobodyKnowsWhatWouldHaveGoneFirst() throws Exception {
        open("interval=1s", "fair-share=true");
        add(Priority.HIGH, 1);
        Submission lower = Queues.submission(Priority.LOW, Ids.of(2));
        AtomicReference<CompletableFuture<Receipt>> told = new AtomicReference<>();
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            told.set(queue.submit(lower));
            await().until(() -> queue.find(lower.id()).isPresent());
            assertThat(told.get()).isNotDone();
        });

        assertThat(queue.take().ids()).containsExactly(1L);
        told.get().join();
    }

    @Test
    void anOrderThatComesTooLateIsAnsweredOnceTheSlotHasOpened() throws Exception {
        Submission chosen = Queues.submission(Priority.LOW, Ids.of(1));
        queue.add(chosen);
        CompletableFuture<Ingestion> cancelled = new CompletableFuture<>();
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            new Thread(() -> cancelled.complete(
                            queue.orders().cancel(chosen.id()).orElseThrow()))
                    .start();
            await().until(() -> queue.find(chosen.id()).orElseThrow().orders() == 1);
            assertThat(cancelled).isNotDone();
        });

        Batch batch = queue.take();
        assertThat(batch.ids()).containsExactly(1L);
        assertThat(cancelled.join().states()).extracting(BatchState::status).containsExactly(BatchStatus.TRIGGERED);
        queue.finish(batch, Outcomes.completed(batch));
    }

    @Test
    void whatTheUpstreamSaysMeanwhileHoldsTheBatchBackAndCostsNoAttempt() throws Exception {
        add(Priority.LOW, 1);
        add(Priority.LOW, 2);
        Batch inFlight = queue.take();
        queue.departed(inFlight);
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 2);
            queue.finish(inFlight, new Outcome(Outcomes.completed(inFlight).ids(), Duration.ofSeconds(60)));
        });

        Batch held = queue.take();
        assertThat(held.ids()).containsExactly(2L);
        assertThat(queue.mayDepart(held)).isFalse();
        queue.finish(held, Outcome.ofAll(held, new IdOutcome.Withheld()));
        assertThat(store.verify()).contains("violations   0");

        Duration closed = time.sinceStart();
        assertThat(queue.take().ids()).containsExactly(2L);
        assertThat(time.sinceStart()).isEqualTo(closed.plusSeconds(60).minusMillis(5));
    }

    @Test
    void aBatchOfWhichARequestHasLeftMaySendTheOthers() throws Exception {
        add(Priority.LOW, 1);
        add(Priority.LOW, 2);
        Batch first = queue.take();
        queue.departed(first);
        Batch second = queue.take();
        queue.left(second);

        queue.finish(first, Outcomes.closed(first, Duration.ofSeconds(60)));

        assertThat(queue.mayDepart(second)).isTrue();
    }

    @Test
    void anInterruptDoesNotLoseABatchThatIsOnRecord() throws Exception {
        add(Priority.LOW, 1);
        Thread taking = Thread.currentThread();
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            taking.interrupt();
        });

        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aCrashBeforeTheSlotOpensRepeatsItsBatch() throws Exception {
        add(Priority.LOW, 1);
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == 1);
            store.kill();
        });
        queue.take();

        queue = store.open(time, "interval=1s");
        Duration start = time.sinceStart();
        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(time.sinceStart()).isEqualTo(start.plus(INTERVAL));
    }

    /** Does something on the way to the next slot. */
    private void inASlotsTime(Duration after, Runnable what) {
        time.at(time.sinceStart().plus(after), what);
    }

    private void add(Priority priority, long id) {
        queue.add(Queues.submission(priority, Ids.of(id)));
    }
}
