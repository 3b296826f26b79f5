package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What several replicas do to each other, and what becomes of one that falls silent. */
class ReplicasTests {

    private final TestInstallation installation = new TestInstallation();

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void anyReplicaDispatchesWhatAnotherAcceptedAndAllAnswerForIt() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        CompletableFuture<Batch> waiting = taking(other.queue());
        assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        UUID id = one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));

        Batch taken = waiting.get(1, TimeUnit.SECONDS);
        assertThat(one.queue().find(id).orElseThrow().state(0).status()).isEqualTo(BatchStatus.TRIGGERED);
        assertThat(one.queue().state().inFlight()).isOne();
        other.queue().finish(taken, Outcomes.completed(taken));
        assertThat(one.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
        assertThat(one.desk().results().read(id, 0).orElseThrow().byPosition()).hasSize(2);
    }

    @Test
    void theOrdersOfOneHoldForAll() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        UUID low = one.queue().add(Queues.submission(Priority.LOW, Ids.of(1)));
        UUID cancelled = one.queue().add(Queues.submission(Priority.HIGH, Ids.of(2)));
        UUID medium = one.queue().add(Queues.submission(Priority.MEDIUM, Ids.of(3)));

        one.desk().orders().pause();
        CompletableFuture<Batch> next = taking(other.queue());
        assertThatThrownBy(() -> next.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        other.desk().orders().cancel(cancelled);
        one.desk().orders().move(low, Priority.HIGH);
        assertThat(other.queue().state().paused()).isTrue();
        one.desk().orders().resume();

        assertThat(next.get(1, TimeUnit.SECONDS).ingestionId()).isEqualTo(low);
        other.queue().finish(next.get(), Outcomes.completed(next.get()));
        assertThat(Outcomes.completeNext(one.queue()).ingestionId()).isEqualTo(medium);
    }

    @Test
    void whoeverHasNoSlotWaitsForTheOtherToLeaveAndForTheInterval() throws Exception {
        TestInstallation.Member one = installation.member("interval=300ms", "max-in-flight=2");
        TestInstallation.Member other = installation.member("interval=300ms", "max-in-flight=2");
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2, 3, 4)));
        Batch departing = one.queue().take();
        CompletableFuture<Batch> next = taking(other.queue());
        assertThatThrownBy(() -> next.get(600, TimeUnit.MILLISECONDS))
                .as("the first has not left")
                .isInstanceOf(TimeoutException.class);

        long left = System.nanoTime();
        one.queue().departed(departing);
        one.queue().finish(departing, Outcomes.completed(departing));

        next.get(5, TimeUnit.SECONDS);
        assertThat(System.nanoTime() - left)
                .isGreaterThanOrEqualTo(Duration.ofMillis(300).toNanos());
    }

    @Test
    void whatAReplicaHadInFlightWhenItDiedIsDueAgainAfterTheLeaseUnderItsOldKey() throws Exception {
        installation.lease(Duration.ofMillis(500));
        TestInstallation.Member dead = installation.member("interval=1ms");
        TestInstallation.Member alive = installation.member("interval=1ms");
        UUID id = dead.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        Batch lost = dead.queue().take();
        dead.queue().departed(lost);

        Batch again = alive.queue().take();

        assertThat(again).isEqualTo(lost);
        assertThat(alive.queue().find(id).orElseThrow().state(0).unknownOutcomes())
                .isOne();
        assertThat(alive.queue().find(id).orElseThrow().state(0).attempts()).isEqualTo(2);
        dead.queue().finish(lost, Outcomes.failed(lost, "what came too late"));
        assertThat(alive.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.TRIGGERED);
        alive.queue().finish(again, Outcomes.completed(again));
        assertThat(alive.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void whatWasCancelledWhileItWasInFlightAtADeadReplicaEndsWithTheLease() throws Exception {
        installation.lease(Duration.ofMillis(500));
        TestInstallation.Member dead = installation.member("interval=1ms");
        TestInstallation.Member alive = installation.member("interval=1ms");
        UUID id = dead.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        dead.queue().departed(dead.queue().take());
        alive.desk().orders().cancel(id);

        UUID next = alive.queue().add(Queues.submission(Priority.LOW, Ids.of(3)));
        assertThat(Outcomes.completeNext(alive.queue()).ingestionId()).isEqualTo(next);

        assertThat(alive.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.CANCELLED);
        assertThat(alive.desk().results().read(id, 0).orElseThrow().byPosition())
                .hasSize(2)
                .containsValue(new IdOutcome.Cancelled());
    }

    @Test
    void aReplicaThatWasHeldUpPastItsLeaseDoesNotSend() throws Exception {
        installation.lease(Duration.ofMillis(500));
        TestInstallation.Member stopped = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        stopped.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        Batch claimed = stopped.queue().take();
        assertThat(stopped.queue().mayDepart(claimed)).isTrue();

        await().atMost(Duration.ofSeconds(2)).until(() -> !stopped.queue().mayDepart(claimed));
        Batch again = other.queue().take();

        assertThat(again).isEqualTo(claimed);
        assertThat(stopped.queue().mayDepart(claimed)).isFalse();
        stopped.leases().renew();
        assertThat(stopped.queue().mayDepart(claimed)).isFalse();
        stopped.queue().departed(claimed);
        stopped.queue().finish(claimed, Outcome.ofAll(claimed, new IdOutcome.Withheld()));
        assertThat(installation.number("SELECT count(departed_ticks) FROM dispatch WHERE slot = 1"))
                .as("it never left")
                .isZero();
        other.queue().finish(again, Outcomes.completed(again));
        assertThat(other.queue().find(again.ingestionId()).orElseThrow().status())
                .isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void whatLeftBeforeTheReplicaWasHeldUpLeftThenWhateverWasWithheldAfterwards() throws Exception {
        installation.lease(Duration.ofMillis(500));
        TestInstallation.Member stopped = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        UUID id = stopped.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        Batch claimed = stopped.queue().take();
        assertThat(stopped.queue().mayDepart(claimed)).isTrue();
        stopped.queue().left(claimed);

        await().atMost(Duration.ofSeconds(2)).until(() -> !stopped.queue().mayDepart(claimed));
        Batch again = other.queue().take();
        other.queue().departed(again);
        stopped.queue().departed(claimed);
        stopped.queue().finish(claimed, Outcomes.of(new IdOutcome.Fetched(Data.NONE), new IdOutcome.Withheld()));
        other.queue().finish(again, Outcomes.completed(again));

        assertThat(other.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
        assertThat(installation.verify()).contains("violations   0", "repeats      1");
    }

    @Test
    void aLeaseThatIsRenewedKeepsTheSlot() throws Exception {
        installation.lease(Duration.ofMillis(600));
        TestInstallation.Member slow = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        slow.leases().start();
        slow.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2, 3, 4)));
        Batch connecting = slow.queue().take();
        CompletableFuture<Batch> next = taking(other.queue());

        assertThatThrownBy(() -> next.get(1_500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        assertThat(slow.queue().mayDepart(connecting)).isTrue();
        slow.queue().finish(connecting, Outcomes.completed(connecting));
        assertThat(next.get(3, TimeUnit.SECONDS).ids()).containsExactly(4L);
    }

    @Test
    void whatWasNotSentIsDueAgainAndCostsNoAttempt() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms", "upstream.max-attempts=1");
        UUID id = one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        Batch unsent = one.queue().take();
        one.queue().finish(unsent, Outcome.ofAll(unsent, new IdOutcome.Withheld()));

        Batch again = one.queue().take();

        assertThat(again).isEqualTo(unsent);
        one.queue().finish(again, Outcomes.missed(again, "gone"));
        assertThat(one.queue().find(id).orElseThrow().status()).isEqualTo(IngestionStatus.FAILED);
        assertThat(one.queue().find(id).orElseThrow().state(0).attempts()).isEqualTo(2);
    }

    @Test
    void whatAReplicaNeverHeardThatItHadClaimedIsGivenUpAtOnce() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms");
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        installation.number("SELECT slot FROM claim(%d, 'x', 0, 1000, 1, 10000000, '{}', NULL, NULL)"
                .formatted(one.replica().run()));
        assertThat(one.queue().state().inFlight()).isOne();

        Batch again = one.queue().take();

        assertThat(again.ids()).containsExactly(1L, 2L);
        assertThat(installation.number("SELECT count(*) FROM dispatch WHERE outcome = 'unsent'"))
                .isOne();
        assertThat(one.queue().find(again.ingestionId()).orElseThrow().state(0).unknownOutcomes())
                .isZero();
    }

    @Test
    void aQuestionThatWasHeldUpOnTheWayGivesUpNothingThatALaterOneBrought() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms");
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2)));
        Batch batch = one.queue().take();

        installation.number("SELECT count(slot) FROM claim(%d, 'x', 0, 1000, 1, 10000000, '{}', NULL, NULL)"
                .formatted(one.replica().run()));

        assertThat(installation.number("SELECT count(*) FROM dispatch WHERE outcome IS NULL"))
                .isOne();
        one.queue().finish(batch, Outcomes.completed(batch));
        assertThat(one.queue().find(batch.ingestionId()).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void aClockThatIsSetBackHoldsUpNobodyForLong() throws Exception {
        MovedDatabaseTime time = installation.moveTime();
        TestInstallation.Member one = installation.member("interval=1s");
        TestInstallation.Member dead = installation.member("interval=1s");
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(1, 2, 3, 4, 5, 6, 7)));
        Outcomes.completeNext(one.queue());
        dead.queue().departed(dead.queue().take());
        time.setDatabaseWrongBy(Duration.ofHours(-5));
        long before = time.nanos();

        Outcomes.completeNext(one.queue());

        assertThat(time.nanos() - before).isLessThan(Duration.ofMinutes(1).toNanos());
    }

    @Test
    void failedIdsOfALargeIngestionAreAskedForAgainInAMoment() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms", "upstream.max-attempts=1");
        long[] ids = new long[9_999];
        Arrays.fill(ids, 7);
        UUID id = one.queue().add(Queues.submission(Priority.LOW, Ids.of(ids)));
        // As if each batch had been dispatched and failed; nobody has looked at the tables since.
        installation.number("""
                WITH left_line AS (DELETE FROM line RETURNING ingestion),
                     batches AS (INSERT INTO batch (ingestion, batch, rank, status, attempts, counted, started_at, finished_at, error)
                       SELECT ingestion, b, 2, 'failed', 1, 1, 1, 1, 'gone' FROM left_line, generate_series(0, 3332) b RETURNING 1),
                     results AS (INSERT INTO result (ingestion, position, status, error)
                       SELECT ingestion, p, 'failed', 'gone' FROM left_line, generate_series(0, 9998) p RETURNING 1)
                SELECT count(*) FROM results""");
        installation.number("WITH gone AS (UPDATE gate SET gone[3] = 3333 RETURNING 1) SELECT count(*) FROM gone");

        one.desk().orders().retry(id);

        assertThat(one.desk().results().read(id, 0).orElseThrow().byPosition()).isEmpty();
        assertThat(one.queue().state().waiting().get(Priority.LOW).retrying()).isEqualTo(3_333);
    }

    @Test
    void anAnswerOfTheUpstreamClosesTheGateForAll() throws Exception {
        TestInstallation.Member one = installation.member("interval=1ms");
        TestInstallation.Member other = installation.member("interval=1ms");
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(1)));
        one.queue().add(Queues.submission(Priority.LOW, Ids.of(2)));
        Batch batch = one.queue().take();
        long answered = System.nanoTime();

        one.queue()
                .finish(
                        batch,
                        new Outcome(
                                Outcome.ofAll(batch, new IdOutcome.Fetched(Data.NONE))
                                        .ids(),
                                Duration.ofMillis(700)));

        assertThat(other.queue().state().closedUntil()).isNotNull();
        other.queue().take();
        assertThat(System.nanoTime() - answered)
                .isGreaterThan(Duration.ofMillis(699).toNanos());
    }

    private static CompletableFuture<Batch> taking(BatchQueue queue) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return queue.take();
            } catch (InterruptedException stopping) {
                throw new AssertionError(stopping);
            }
        });
    }
}
