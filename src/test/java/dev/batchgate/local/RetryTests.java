package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What follows when an upstream fails, on a moved clock; every wait is drawn as long as it can be. */
class RetryTests {

    private static final IdOutcome FETCHED = new IdOutcome.Fetched(Data.json("{\"a\":1}"));
    private static final IdOutcome GONE = new IdOutcome.Failed("HTTP status 404", 404);
    private static final IdOutcome BUSY = new IdOutcome.Missed("HTTP status 503", 503, true);

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();
    private LocalQueue queue = store.open(time, "interval=1s");

    @AfterEach
    void deleteStore() {
        assertThat(store.verify()).contains("violations   0");
        store.close();
    }

    @Test
    void onlyWhatIsMissingIsFetchedAgainAndTheRestIsThereAtOnce() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3);
        finish(FETCHED, GONE, BUSY);

        assertThat(results(id)).containsExactly(FETCHED, GONE);
        BatchState waiting = state(id);
        assertThat(waiting.status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(waiting.attempts()).isOne();
        assertThat(waiting.startedAt()).isEqualTo(time.instant());
        assertThat(waiting.finishedAt()).isNull();
        assertThat(waiting.error()).isEqualTo("id 2: HTTP status 404; id 3: HTTP status 503");
        assertThat(waiting.nextAttemptAt()).isEqualTo(time.instant().plusSeconds(5));

        Batch again = finish(FETCHED);

        assertThat(again.ids()).containsExactly(3L);
        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(5));
        BatchState ended = state(id);
        assertThat(ended.status()).isEqualTo(BatchStatus.FAILED);
        assertThat(ended.attempts()).isEqualTo(2);
        assertThat(ended.error()).isEqualTo("id 2: HTTP status 404");
        assertThat(ended.finishedAt()).isEqualTo(time.instant());
        assertThat(results(id)).containsExactly(FETCHED, GONE, FETCHED);
    }

    @Test
    void theWaitDoublesUpToItsLongestAndAttemptsRunOut() throws Exception {
        reopen("interval=1s", "upstream.backoff=4s", "upstream.max-backoff=10s", "upstream.max-attempts=4");
        UUID id = add(Priority.LOW, 1);
        List<Duration> starts = new ArrayList<>();
        for (int attempt = 1; attempt <= 4; attempt++) {
            finish(BUSY);
            starts.add(time.sinceStart());
        }

        assertThat(starts).containsExactly(seconds(0), seconds(4), seconds(12), seconds(22));
        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(state(id).error()).isEqualTo("id 1: HTTP status 503; no attempts are left");
        assertThat(results(id)).containsExactly(new IdOutcome.Failed("HTTP status 503; no attempts are left", 503));
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.FAILED);
    }

    @Test
    void whileARetryWaitsTheSlotsGoToOthersAndThenItTakesItsPlace() throws Exception {
        UUID first = add(Priority.HIGH, 1);
        finish(BUSY);
        add(Priority.HIGH, 2);
        add(Priority.LOW, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18);
        List<Long> firstIds = new ArrayList<>();
        for (int slot = 0; slot < 6; slot++) {
            firstIds.add(Outcomes.completeNext(queue).ids().get(0));
        }

        assertThat(firstIds).containsExactly(2L, 4L, 7L, 10L, 1L, 13L);
        assertThat(queue.find(first).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void aRetryGoesBeforeTheLaterBatchesOfItsIngestion() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        finish(BUSY, FETCHED, FETCHED);
        time.pass(Duration.ofSeconds(10));

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(4L, 5L, 6L);
    }

    @Test
    void theSameIdTwiceIsTwoIds() throws Exception {
        UUID id = add(Priority.LOW, 7, 7, 7);
        finish(FETCHED, GONE, BUSY);

        assertThat(finish(FETCHED).ids()).containsExactly(7L);
        assertThat(results(id)).containsExactly(FETCHED, GONE, FETCHED);
    }

    @Test
    void aWaitGoesOnAfterARestartAndSoDoTheAttempts() throws Exception {
        reopen("interval=1s", "upstream.max-attempts=3");
        UUID id = add(Priority.LOW, 1, 2, 3);
        finish(FETCHED, GONE, BUSY);
        BatchState before = state(id);
        time.pass(Duration.ofSeconds(2));
        reopen("interval=1s", "upstream.max-attempts=3");
        assertThat(state(id)).isEqualTo(before);

        assertThat(finish(BUSY).ids()).containsExactly(3L);
        assertThat(time.sinceStart()).isEqualTo(seconds(5));
        reopen("interval=1s", "upstream.max-attempts=3");
        assertThat(finish(BUSY).ids()).containsExactly(3L);

        assertThat(time.sinceStart()).isEqualTo(seconds(15));
        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(state(id).error()).isEqualTo("id 2: HTTP status 404; id 3: HTTP status 503; no attempts are left");
        reopen("interval=1s");
        assertThat(state(id).attempts()).isEqualTo(3);
        assertThat(state(id).error()).isEqualTo("id 2: HTTP status 404; id 3: HTTP status 503; no attempts are left");
    }

    @Test
    void anUpstreamThatWantsToBeLeftAloneClosesTheGateForEverybody() throws Exception {
        add(Priority.LOW, 1);
        add(Priority.HIGH, 2);
        closeFor(Duration.ofSeconds(30));

        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plusSeconds(30));
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant().plusSeconds(30));
        time.pass(Duration.ofSeconds(10));
        reopen("interval=1s");
        assertThat(queue.state().nextSlotAt()).isEqualTo(time.instant().plusSeconds(20));

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(2L);
        assertThat(time.sinceStart()).isEqualTo(seconds(30));
        assertThat(queue.state().closedUntil()).isNull();
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L);
        assertThat(time.sinceStart()).isEqualTo(seconds(31));
    }

    @Test
    void noUpstreamClosesTheGateForLongerThanItMayNorDoesAWrongClock() throws Exception {
        reopen("interval=1s", "upstream.max-retry-after=60s");
        add(Priority.LOW, 1);
        closeFor(Duration.ofDays(400));
        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plusSeconds(60));
        time.setWallClockWrongBy(Duration.ofDays(-3));

        reopen("interval=1s");
        Outcomes.completeNext(queue);

        assertThat(time.sinceStart()).isEqualTo(seconds(60));
    }

    @Test
    void aWallClockThatWasAheadClosesTheGateOnceAndNotWithEveryRestart() throws Exception {
        time.setWallClockWrongBy(Duration.ofDays(365));
        add(Priority.LOW, 1);
        closeFor(Duration.ofMinutes(30));
        time.setWallClockWrongBy(Duration.ZERO);
        reopen("interval=1s");
        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plus(Duration.ofMinutes(30)));
        time.pass(Duration.ofMinutes(10));
        reopen("interval=1s");
        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plus(Duration.ofMinutes(20)));
        time.pass(Duration.ofMinutes(20));
        reopen("interval=1s");

        assertThat(queue.state().closedUntil()).isNull();
    }

    @Test
    void whatTheUpstreamSaidOnceIsHeardOnceHoweverLongItTakesToRecordIt() throws Exception {
        add(Priority.LOW, 1);
        Batch batch = queue.take();
        store.tamper("CREATE TRIGGER no BEFORE UPDATE ON dispatch BEGIN SELECT RAISE(ABORT, 'no'); END");
        assertThatThrownBy(() -> queue.finish(batch, Outcomes.closed(batch, Duration.ofSeconds(60))))
                .hasMessageContaining("rejects");
        time.pass(Duration.ofSeconds(30));
        store.tamper("DROP TRIGGER no");

        queue.finish(batch, Outcomes.closed(batch, Duration.ofSeconds(60)));

        assertThat(queue.state().closedUntil()).isEqualTo(time.instant().plusSeconds(30));
    }

    @Test
    void theSlotOfWhatIsCancelledBeforeItHasItsBatchGoesToTheNextOne() throws Exception {
        UUID cancelled = add(Priority.HIGH, 1, 2, 3, 4);
        add(Priority.LOW, 5);
        Outcomes.completeNext(queue);
        time.at(Duration.ofSeconds(1).minus(Gate.AHEAD), () -> queue.orders().cancel(cancelled));

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(5L);
        assertThat(time.sinceStart()).isEqualTo(seconds(1));
    }

    @Test
    void whatIsCancelledIsForgottenAtOnceHoweverLongItWasToWait() throws Exception {
        reopen("interval=1ms", "upstream.backoff=1d", "upstream.max-backoff=30d");
        List<WeakReference<Object>> cancelled = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            UUID id = add(Priority.LOW, 1, 2, 3, 4);
            finish(BUSY, BUSY, BUSY);
            cancelled.add(new WeakReference<>(queue.find(id).orElseThrow().ids()));
            queue.orders().cancel(id);
        }
        // The journal remembers what it wrote last.
        queue.orders().pause();

        await().until(() -> {
            System.gc();
            return cancelled.stream().allMatch(ids -> ids.get() == null);
        });
    }

    @Test
    void aBatchEndsWhenItIsCancelledNotWhenItFailedBefore() throws Exception {
        UUID id = add(Priority.LOW, 1);
        finish(GONE);
        time.pass(Duration.ofSeconds(3));
        queue.orders().pause();
        queue.orders().retry(id);
        assertThat(state(id).error()).isNull();
        time.pass(Duration.ofSeconds(3));
        queue.orders().cancel(id);

        assertThat(state(id).status()).isEqualTo(BatchStatus.CANCELLED);
        assertThat(state(id).finishedAt()).isEqualTo(time.instant());
        assertThat(queue.orders().cancel(id).orElseThrow().state(0).finishedAt())
                .isEqualTo(time.instant());
    }

    @Test
    void anUpstreamThatIsDownIsProbedAtNoCostOfAttempts() throws Exception {
        reopen("interval=1s", "upstream.down-after=3", "upstream.max-attempts=3", "upstream.backoff=1s");
        UUID first = add(Priority.LOW, 1);
        add(Priority.LOW, LongStream.rangeClosed(2, 31).toArray());
        for (int i = 0; i < 2; i++) {
            unreachable();
        }
        assertThat(queue.state().upstream().down()).isFalse();
        assertThat(queue.state().upstream().error()).isEqualTo("no connection");
        for (int i = 0; i < 30; i++) {
            unreachable();
        }
        assertThat(queue.state().upstream().down()).isTrue();
        assertThat(time.sinceStart()).as("one probe a slot").isEqualTo(seconds(31));
        assertThat(state(first).status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(queue.state().waiting().get(Priority.LOW).batches())
                .as("left in peace")
                .isEqualTo(9);

        reopen("interval=1s", "upstream.down-after=3", "upstream.max-attempts=3", "upstream.backoff=1s");
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L);
        for (int i = 0; i < 10; i++) {
            Outcomes.completeNext(queue);
        }
        assertThat(state(first).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(queue.state().upstream().error()).isNull();
    }

    @Test
    void whatAProbeDidNotCostIsNotChargedAfterARestartEither() throws Exception {
        String[] settings = {"interval=1s", "upstream.down-after=1", "upstream.max-attempts=2", "upstream.backoff=1s"};
        reopen(settings);
        UUID id = add(Priority.LOW, 1, 2);
        add(Priority.LOW, 3);
        unreachable();
        finish(new IdOutcome.Missed("no connection", null, false), FETCHED);
        assertThat(state(id).nextAttemptAt()).isEqualTo(time.instant());

        reopen(settings);
        assertThat(finish(BUSY).ids()).containsExactly(1L);
        assertThat(state(id).nextAttemptAt()).isEqualTo(time.instant().plusSeconds(1));
        assertThat(finish(BUSY).ids()).containsExactly(1L);

        assertThat(state(id).error()).isEqualTo("id 1: HTTP status 503; no attempts are left");
    }

    @Test
    void aBatchWithNobodyBehindItRunsOutOfAttempts() throws Exception {
        UUID id = add(Priority.LOW, 1);
        for (int attempt = 1; attempt <= 5; attempt++) {
            unreachable();
        }

        assertThat(state(id).status()).isEqualTo(BatchStatus.FAILED);
    }

    @Test
    void whatWasCancelledInFlightIsNotDispatchedAgainAfterACrash() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        queue.departed(queue.take());
        queue.orders().cancel(id);

        reopen("interval=1s");

        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.CANCELLED);
        assertThat(state(id).unknownOutcomes()).isOne();
        assertThat(results(id)).hasSize(3).containsOnly(new IdOutcome.Cancelled());
        add(Priority.LOW, 5);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(5L);
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.CANCELLED);
    }

    @Test
    void everyOrderSurvivesARestart() throws Exception {
        UUID moved = add(Priority.LOW, 1);
        UUID cancelled = add(Priority.HIGH, 2, 3, 4, 5);
        UUID failed = add(Priority.MEDIUM, 6, 7);
        Outcomes.completeNext(queue);
        queue.orders().cancel(cancelled);
        finish(GONE, FETCHED);
        queue.orders().retry(failed);
        queue.orders().move(moved, Priority.HIGH);
        queue.orders().pause();
        List<Object> before = List.of(found(moved), found(cancelled), found(failed));

        reopen("interval=1s");

        assertThat(List.<Object>of(found(moved), found(cancelled), found(failed)))
                .isEqualTo(before);
        assertThat(queue.state().paused()).isTrue();
        queue.orders().resume();
        reopen("interval=1s");
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(6L);
        assertThat(queue.find(failed).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void whatCompletedHasItsTimesFromMemoryAndFromTheStore() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch batch = queue.take();
        time.pass(Duration.ofSeconds(2));
        queue.finish(batch, Outcomes.completed(batch));
        BatchState first = state(id);
        assertThat(first.startedAt()).isEqualTo(time.instant().minusSeconds(2));
        assertThat(first.finishedAt()).isEqualTo(time.instant());
        reopen("interval=1s");
        assertThat(state(id)).isEqualTo(first);
        Outcomes.completeNext(queue);
        assertThat(state(id)).isEqualTo(first);
    }

    @Test
    void whatWasFetchedIsKeptToTheCharacter() throws Exception {
        IdOutcome odd = new IdOutcome.Fetched(new Data(Data.Form.TEXT, "text/plain", "a\0b\u2028 \uD83D\uDE00\r\n"));
        IdOutcome base64 = new IdOutcome.Fetched(new Data(Data.Form.BINARY, null, "AAEC"));
        UUID id = add(Priority.LOW, 1, 2);
        finish(odd, base64);

        assertThat(results(id)).containsExactly(odd, base64);
        assertThat(state(id).status()).isEqualTo(BatchStatus.COMPLETED);
    }

    private Object found(UUID id) {
        var ingestion = queue.find(id).orElseThrow();
        return List.of(ingestion.priority(), ingestion.status(), List.copyOf(ingestion.states()));
    }

    private void reopen(String... settings) {
        store.kill();
        queue = store.open(time, settings);
    }

    private UUID add(Priority priority, long... ids) {
        return queue.add(Queues.submission(priority, Ids.of(ids)));
    }

    private Batch finish(IdOutcome... outcomes) throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.of(outcomes));
        return batch;
    }

    private void closeFor(Duration closed) throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.closed(batch, closed));
    }

    private void unreachable() throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.unreachable(batch));
    }

    private BatchState state(UUID id) {
        return queue.find(id).orElseThrow().state(0);
    }

    private List<IdOutcome> results(UUID id) {
        return List.copyOf(
                store.results().read(id, 0).orElseThrow().byPosition().values());
    }

    private static Duration seconds(long seconds) {
        return Duration.ofSeconds(seconds);
    }
}
