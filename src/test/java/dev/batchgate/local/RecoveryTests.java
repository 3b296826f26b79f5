package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a process finds that takes over a store. */
class RecoveryTests {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();
    private LocalQueue queue = store.open(time, "interval=5s");

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void theBacklogComesBackInItsOrderAndFromWhereItStood() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        add(Priority.MEDIUM, 8);
        take();
        take();
        add(Priority.LOW, 9);
        add(Priority.HIGH, 3_000_000_000L, 11, 12, 13);

        restart();
        add(Priority.MEDIUM, 14);

        assertThat(takeAll(6))
                .containsExactly(
                        List.of(3_000_000_000L, 11L, 12L),
                        List.of(13L),
                        List.of(14L),
                        List.of(4L, 5L, 6L),
                        List.of(7L),
                        List.of(9L));
    }

    @Test
    void aBatchWhoseOutcomeIsUnknownIsDispatchedAgainInItsPlaceAndItsStatusSaysSo() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch hidden = queue.take();
        queue.departed(hidden);

        restart();
        add(Priority.HIGH, 5);
        assertState(find(id), BatchStatus.TRIGGERED, null, 1);
        assertThat(find(id).state(0).nextAttemptAt()).isEqualTo(time.instant());
        assertThat(find(id).status()).isEqualTo(IngestionStatus.TRIGGERED);
        assertThat(takeAll(1)).containsExactly(List.of(5L));
        Batch again = queue.take();

        assertThat(again).isEqualTo(hidden);
        assertThat(again.id()).isEqualTo(hidden.id());
        queue.finish(again, Outcomes.completed(again));
        assertState(find(id), BatchStatus.COMPLETED, null, 1);
        assertThat(find(id).state(0).attempts()).isEqualTo(2);
        assertThat(find(id).progress().completed()).isOne();
        Ingestion open = find(id);
        assertThat(takeAll(1)).containsExactly(List.of(4L));
        assertThat(find(id).state(0)).as("read from the store").isEqualTo(open.state(0));
        assertThat(find(id).status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void aBatchMayBeHiddenByOneCrashAfterTheOther() throws Exception {
        UUID id = add(Priority.LOW, 1);
        queue.take();
        restart();
        queue.take();
        restart();
        queue.take();
        restart();

        Batch last = queue.take();
        queue.finish(last, Outcomes.failed(last, "it broke"));

        assertState(find(id), BatchStatus.FAILED, "id 1: it broke", 3);
        assertThat(find(id).state(0).attempts()).isEqualTo(4);
    }

    @Test
    void severalHiddenBatchesAreRepeatedInTheirPlaces() throws Exception {
        restart("interval=5s", "max-in-flight=3");
        add(Priority.LOW, 1, 2, 3, 4, 5, 6);
        Batch first = departing();
        add(Priority.HIGH, 7);
        Batch second = departing();
        Batch third = departing();
        assertThat(List.of(first.ids(), second.ids(), third.ids()))
                .containsExactly(List.of(1L, 2L, 3L), List.of(7L), List.of(4L, 5L, 6L));
        queue.finish(second, Outcomes.completed(second));

        restart();

        assertThat(takeAll(2)).containsExactly(List.of(1L, 2L, 3L), List.of(4L, 5L, 6L));
    }

    @Test
    void whatFailedStaysFailedWithItsReason() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        Batch broken = queue.take();
        queue.finish(broken, Outcomes.failed(broken, "it broke"));
        take();

        restart();
        assertState(find(id), BatchStatus.FAILED, "ids 1, 2, 3: it broke", 0);
        take();

        restart();
        Ingestion ended = find(id);
        assertState(ended, BatchStatus.FAILED, "ids 1, 2, 3: it broke", 0);
        assertThat(ended.progress().completed()).isEqualTo(2);
        assertThat(ended.status()).isEqualTo(IngestionStatus.FAILED);
    }

    @Test
    void theFirstSlotKeepsItsDistanceFromTheLastOneOfTheProcessBefore() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4);
        take();
        time.pass(Duration.ofSeconds(2));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void afterAnIntervalThereIsNothingToWaitFor() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4);
        take();
        time.pass(Duration.ofSeconds(60));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void aHiddenBatchMayHaveLeftAsLateAsTheProcessEnded() throws Exception {
        add(Priority.LOW, 1);
        queue.take();
        time.pass(Duration.ofSeconds(60));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(65));
    }

    @Test
    void aStartThatEndsBeforeItsFirstDispatchDoesNotShortenTheWait() throws Exception {
        add(Priority.LOW, 1);
        queue.take();
        time.pass(Duration.ofSeconds(1));
        restart();
        time.pass(Duration.ofSeconds(1));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void ofALongLedgerTheOpenIngestionsPartIsFound() throws Exception {
        for (int i = 0; i < 20; i++) {
            add(Priority.HIGH, 1);
            take();
        }
        add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        for (int i = 0; i < 20; i++) {
            add(Priority.HIGH, 1);
            take();
        }
        take();

        restart();

        assertThat(takeAll(2)).containsExactly(List.of(4L, 5L, 6L), List.of(7L));
        assertThat(store.verify()).contains("violations   0");
    }

    @Test
    void aWallClockThatWasSetBackMakesNobodyWaitLongerThanAnIntervalNorLess() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4);
        take();
        time.setWallClockWrongBy(Duration.ofHours(-1));
        time.pass(Duration.ofSeconds(2));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aWallClockThatWasSetForwardOpensNoSlotEarly() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4);
        take();
        time.setWallClockWrongBy(Duration.ofHours(1));
        time.pass(Duration.ofSeconds(2));

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void onAnotherMachineNobodyKnowsHowLongAgoItWas() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4);
        take();
        time.moveToAnotherMachine(Duration.ofDays(3));
        Duration started = time.sinceStart();

        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(started.plusSeconds(5));
    }

    @Test
    void onABackupNobodyKnowsWhatWasDispatchedAfterIt() throws Exception {
        add(Priority.LOW, 1, 2, 3, 4, 5, 6, 7);
        take();
        time.pass(Duration.ofMinutes(1));
        store.tamper("PRAGMA user_version = 1");
        restart();
        take();
        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(65));

        time.pass(Duration.ofMinutes(1));
        restart();
        take();

        assertThat(time.sinceStart()).as("no backup any more").isEqualTo(Duration.ofSeconds(125));
    }

    @Test
    void onABackupFromBeforeTheFirstDispatchNobodyKnowsEither() throws Exception {
        add(Priority.LOW, 1);
        store.tamper("PRAGMA user_version = 1");
        restart();
        take();

        assertThat(time.sinceStart()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void creationTimesGoOnFromThoseInTheStore() {
        UUID before = add(Priority.LOW, 1);
        time.setWallClockWrongBy(Duration.ofHours(-1));

        restart();

        UUID after = add(Priority.LOW, 2);
        assertThat(find(after).createdAt()).isEqualTo(find(before).createdAt());
    }

    @Test
    void aFullBacklogIsFullAfterARestart() throws Exception {
        restart("limits.max-backlog=2");
        add(Priority.LOW, 1, 2, 3, 4);

        restart("limits.max-backlog=2");

        assertThat(queue.state().waiting().get(Priority.LOW).batches()).isEqualTo(2);
        assertThatThrownBy(() -> add(Priority.LOW, 5)).isInstanceOf(BacklogFull.class);
    }

    @Test
    void whoFindsTheBacklogFullWaitsForTheHiddenBatchesToo() throws Exception {
        restart("interval=5s", "limits.max-backlog=2");
        add(Priority.LOW, 1, 2, 3, 4);
        queue.take();
        add(Priority.LOW, 5);
        restart("interval=5s", "limits.max-backlog=2");

        assertThatThrownBy(() -> add(Priority.LOW, 6))
                .isInstanceOfSatisfying(
                        BacklogFull.class, full -> assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(10)));
        take();
        time.pass(Duration.ofSeconds(5));
        take();
        add(Priority.LOW, 6);
    }

    private void restart(String... settings) {
        store.kill();
        queue = store.open(time, settings.length == 0 ? new String[] {"interval=5s"} : settings);
    }

    private static void assertState(Ingestion ingestion, BatchStatus status, String error, int unknown) {
        BatchState first = ingestion.state(0);
        assertThat(first.status()).isEqualTo(status);
        assertThat(first.error()).isEqualTo(error);
        assertThat(first.unknownOutcomes()).isEqualTo(unknown);
    }

    private Ingestion find(UUID id) {
        return queue.find(id).orElseThrow();
    }

    private UUID add(Priority priority, long... ids) {
        Submission submission = Queues.submission(priority, Ids.of(ids));
        return queue.add(submission);
    }

    private Batch departing() throws InterruptedException {
        Batch batch = queue.take();
        queue.departed(batch);
        return batch;
    }

    private Batch take() throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.completed(batch));
        return batch;
    }

    private List<List<Long>> takeAll(int batches) throws InterruptedException {
        List<List<Long>> taken = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            taken.add(take().ids());
        }
        return taken;
    }
}
