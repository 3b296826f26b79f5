package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
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
        onceChosen(1, () -> {
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
        onceChosen(1, () -> {
            told.set(inEffect(urgent));
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
        onceChosen(1, () -> {
            told.set(inEffect(lower));
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
        onceChosen(1, () -> {
            new Thread(() -> cancelled.complete(
                            queue.orders().cancel(chosen.id()).orElseThrow()))
                    .start();
            // The dispatch has begun, and is cancelled.
            await().until(() -> queue.find(chosen.id()).orElseThrow().revision() == 2);
            assertThat(cancelled).isNotDone();
        });

        Batch batch = queue.take();
        assertThat(cancelled.join().states()).extracting(BatchState::status).containsExactly(BatchStatus.TRIGGERED);
        assertThat(queue.isHeldBack(batch)).isTrue();
        withhold(batch);
        assertThat(queue.find(chosen.id()).orElseThrow().status()).isEqualTo(IngestionStatus.CANCELLED);
    }

    @Test
    void nothingLeavesOnceAPauseIsAnswered() throws Exception {
        add(Priority.LOW, 1);
        CompletableFuture<QueueState> paused = new CompletableFuture<>();
        onceChosen(1, () -> {
            new Thread(() -> paused.complete(queue.orders().pause())).start();
            await().until(() -> queue.state().paused());
            assertThat(paused).isNotDone();
        });

        Batch batch = queue.take();
        assertThat(paused.join().paused()).isTrue();
        assertThat(queue.isHeldBack(batch)).isTrue();
        withhold(batch);
        queue.orders().resume();
        assertThat(queue.take().ids()).containsExactly(1L);
    }

    @Test
    void whatTheUpstreamSaysMeanwhileHoldsTheBatchBackAndCostsNoAttempt() throws Exception {
        Batch inFlight = takeFirstOfTwo();
        onceChosen(2, () -> {
            queue.finish(inFlight, closed(inFlight, Duration.ofSeconds(60)));
        });

        Batch held = queue.take();
        assertThat(held.ids()).containsExactly(2L);
        assertThat(queue.isHeldBack(held)).isTrue();
        withhold(held);
        assertThat(store.verify()).contains("violations   0");

        Duration closed = time.sinceStart();
        assertThat(queue.take().ids()).containsExactly(2L);
        assertThat(time.sinceStart()).isEqualTo(closed.plusSeconds(60).minusMillis(5));
    }

    @Test
    void whatIsHeldBackStaysSoHoweverSoonTheUpstreamMayBeAskedAgain() throws Exception {
        Batch first = takeFirstOfTwo();
        onceChosen(2, () -> queue.finish(first, closed(first, Duration.ofMillis(100))));
        Batch held = queue.take();
        time.pass(Duration.ofMillis(150));

        assertThat(queue.isHeldBack(held)).isTrue();
        withhold(held);
    }

    @Test
    void whatIsHeldBackSaysNothingOfWhetherTheUpstreamIsThere() throws Exception {
        open("interval=1s", "max-in-flight=2", "upstream.down-after=1");
        Batch first = takeFirstOfTwo();
        onceChosen(
                2,
                () -> queue.finish(
                        first, new Outcome(Outcomes.unreachable(first).ids(), Duration.ofSeconds(60))));
        withhold(queue.take());

        assertThat(queue.state().upstream().down()).isTrue();
    }

    @Test
    void whatIsHeldBackCostsNoAttemptAfterARestartEither() throws Exception {
        String[] settings = {"interval=1s", "max-in-flight=2", "upstream.max-attempts=2"};
        open(settings);
        Batch first = takeFirstOfTwo();
        onceChosen(2, () -> queue.finish(first, closed(first, Duration.ofSeconds(60))));
        withhold(queue.take());
        store.kill();
        queue = store.open(time, settings);

        Batch again = queue.take();
        queue.finish(again, Outcomes.missed(again, "busy"));
        assertThat(queue.find(again.ingestionId()).orElseThrow().status()).isEqualTo(IngestionStatus.TRIGGERED);
    }

    @Test
    void whatComesBackMeanwhileWaitsForTheNextSlot() throws Exception {
        store.drawBackoff(longest -> Duration.ZERO);
        open("interval=1s", "max-in-flight=2");
        add(Priority.HIGH, 1);
        add(Priority.LOW, 2);
        Batch high = queue.take();
        queue.departed(high);
        onceChosen(2, () -> queue.finish(high, Outcomes.missed(high, "busy")));

        Batch low = queue.take();
        assertThat(low.ids()).containsExactly(2L);
        queue.departed(low);
        assertThat(queue.find(high.ingestionId()).orElseThrow().state(0).nextAttemptAt())
                .isAfter(time.instant());
        queue.finish(low, Outcomes.completed(low));
        assertThat(queue.take().ids()).containsExactly(1L);
    }

    @Test
    void whatIsDueAgainOnceTheSlotOpensMayHaveIt() throws Exception {
        store.drawBackoff(longest -> ONCE_CHOSEN);
        open("interval=1s");
        add(Priority.HIGH, 1);
        Batch high = queue.take();
        queue.finish(high, Outcomes.missed(high, "busy"));
        add(Priority.LOW, 2);

        assertThat(queue.take().ids()).containsExactly(1L);
    }

    @Test
    void theSlotAfterItIsForetoldFromWhenItOpens() throws Exception {
        add(Priority.LOW, 1);
        AtomicReference<Instant> next = new AtomicReference<>();
        onceChosen(1, () -> next.set(queue.state().nextSlotAt()));
        queue.take();

        assertThat(next.get()).isEqualTo(time.instant().plus(INTERVAL));
    }

    @Test
    void anInterruptDoesNotLoseABatchThatIsOnRecord() throws Exception {
        store.kill();
        Duration when = time.sinceStart().plus(ONCE_CHOSEN);
        queue = store.open(time, interruptedAt(when), "interval=1s");
        add(Priority.LOW, 1);
        Thread taking = Thread.currentThread();
        onceChosen(1, taking::interrupt);

        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.sinceStart()).isGreaterThan(when);
    }

    private Ticker interruptedAt(Duration when) {
        return new Ticker() {
            @Override
            public long nanos() {
                return time.nanos();
            }

            @Override
            public void sleepUntil(long nanos) throws InterruptedException {
                time.sleepUntil(Math.min(nanos, when.toNanos()));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                time.sleepUntil(nanos);
            }

            @Override
            public void sleepUntil(long nanos, Semaphore unlessReleased) {
                time.sleepUntil(nanos, unlessReleased);
            }

            @Override
            public String origin() {
                return time.origin();
            }
        };
    }

    @Test
    void aCrashBeforeTheSlotOpensRepeatsItsBatch() throws Exception {
        add(Priority.LOW, 1);
        onceChosen(1, store::kill);
        queue.take();

        queue = store.open(time, "interval=1s");
        Duration start = time.sinceStart();
        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(time.sinceStart()).isEqualTo(start.plus(INTERVAL));
    }

    @Test
    void whoGoesOnBeforeTheSlotHasOpenedCountsFromThen() throws Exception {
        add(Priority.LOW, 1);
        Duration slot = time.sinceStart().plus(INTERVAL);
        onceChosen(1, () -> {
            store.kill();
            queue = store.open(time, "interval=1s");
        });
        queue.take();

        assertThat(queue.take().ids()).containsExactly(1L);
        assertThat(time.sinceStart()).isEqualTo(slot.plus(INTERVAL));
    }

    @Test
    void whoWasToBeToldLaterIsToldByAStop() throws Exception {
        add(Priority.LOW, 1);
        AtomicReference<CompletableFuture<Receipt>> told = new AtomicReference<>();
        onceChosen(1, () -> {
            told.set(inEffect(Queues.submission(Priority.HIGH, Ids.of(2))));
            store.kill();
        });
        queue.take();

        assertThat(told.get()).isCompleted();
    }

    @Test
    void aDispatchThatCouldNotBeWrittenKeepsNobodyWaiting() throws Exception {
        add(Priority.LOW, 1);
        store.tamper("CREATE TRIGGER no BEFORE INSERT ON dispatch BEGIN SELECT RAISE(ABORT, 'no'); END");
        assertThatThrownBy(queue::take).hasMessageContaining("rejects");
        store.tamper("DROP TRIGGER no");

        assertThat(queue.submit(Queues.submission(Priority.HIGH, Ids.of(2)))).succeedsWithin(Duration.ofSeconds(30));
        assertThat(queue.take().ids()).containsExactly(2L);
    }

    /** Hands it in, and returns once it waits, whether or not anybody has been told. */
    private CompletableFuture<Receipt> inEffect(Submission submission) {
        CompletableFuture<Receipt> told = queue.submit(submission);
        await().until(() -> queue.find(submission.id()).isPresent());
        return told;
    }

    private Batch takeFirstOfTwo() throws InterruptedException {
        add(Priority.LOW, 1);
        add(Priority.LOW, 2);
        Batch first = queue.take();
        queue.departed(first);
        return first;
    }

    private static Outcome closed(Batch batch, Duration closedFor) {
        return new Outcome(Outcomes.completed(batch).ids(), closedFor);
    }

    private void withhold(Batch batch) {
        queue.finish(batch, Outcome.ofAll(batch, new IdOutcome.Withheld()));
    }

    /**
     * Does something before the next slot opens, once it has its batch.
     *
     * @param inFlight with that
     */
    private void onceChosen(int inFlight, Runnable what) {
        inASlotsTime(ONCE_CHOSEN, () -> {
            await().until(() -> queue.state().inFlight() == inFlight);
            what.run();
        });
    }

    /** Does something on the way to the next slot. */
    private void inASlotsTime(Duration after, Runnable what) {
        time.at(time.sinceStart().plus(after), what);
    }

    private void add(Priority priority, long id) {
        queue.add(Queues.submission(priority, Ids.of(id)));
    }
}
