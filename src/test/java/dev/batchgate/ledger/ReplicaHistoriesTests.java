package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens only among replicas, honest and not. */
class ReplicaHistoriesTests {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final HandMadeStore store = HandMadeStore.shared();
    private final SimulatedReplicas service = new SimulatedReplicas(INTERVAL, 2);
    private final SimulatedReplicas.Replica first = service.replicas.get(0);

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void replicasTakeTurns() {
        SimulatedReplicas.Replica second = service.join(INTERVAL, 2);
        service.submit("LOW", 12);
        service.turnTo(first);
        SimulatedIngestion.Unit slow = service.take();
        service.turnTo(second);
        service.complete(service.take());
        service.turnTo(first);
        service.complete(service.take());
        service.complete(slow);
        service.turnTo(second);
        service.take();

        requireNothing("runs         2", "dispatches   4, slot 1 to 4", "least gap    5.000000000 s");
    }

    @Test
    void whatAReplicaHasInFlightIsSoForTheOthers() {
        service.submit("LOW", 12);
        service.take();
        service.take();
        service.join(INTERVAL, 3);
        service.take();

        requireNothing("runs         2");
        store.sql("UPDATE run SET max_in_flight = 2");
        assertThat(store.verify())
                .contains("in flight: slot 3 started while 2 batches were in flight, of at most 2", "violations   1");
    }

    @Test
    void aRollingDeployChangesTheInterval() {
        service.submit("LOW", 12);
        service.complete(service.take());
        SimulatedReplicas.Replica second = service.join(Duration.ofSeconds(2), 1);
        service.complete(service.take());
        service.turnTo(first);
        service.complete(service.take());
        service.turnTo(second);
        service.take();

        requireNothing("dispatches   4", "least gap    2.000000000 s");
        store.sql("UPDATE run SET interval_nanos = 2000000001 WHERE run = 2");
        assertThat(store.verify()).contains("spacing: slot 2 starts PT2S after slot 1", "violations   2");
    }

    @Test
    void whatALostReplicaHadIsDueAgainFromTheMomentInWhichItIsNoticed() {
        service.submit("LOW", 6);
        SimulatedIngestion.Unit lost = service.take();
        service.join(INTERVAL, 2);
        service.take();
        service.pass(Duration.ofSeconds(30));
        service.lose(lost);
        service.pass(Duration.ofNanos(1_000));
        service.take(lost.ingestion, 0);

        requireNothing("repeats      1");
        store.sql("UPDATE dispatch SET ended_ticks = ended_ticks + 1000000 WHERE slot = 1");
        assertThat(store.verify())
                .contains("repeat: slot 3 took batch 1 of ingestion 1 (LOW), which was in flight since slot 1");
    }

    @Test
    void aLeaseThatNobodyHasTakenOverYetIsNoViolation() {
        service.submit("HIGH", 6);
        service.take();
        service.join(INTERVAL, 2);
        service.pass(Duration.ofHours(1));
        service.take();

        requireNothing("runs         2", "0 of them waiting");
        store.sql("UPDATE dispatch SET lease_until = 0 WHERE slot = 1");
        assertThat(store.verify()).contains("violations   0");
    }

    @Test
    void whatWasNotSentWaitsItsTime() {
        SimulatedIngestion unsent = service.submit("HIGH", 1);
        SimulatedIngestion other = service.submit("LOW", 6);
        service.unsend(service.take(unsent, 0), Duration.ofSeconds(8));
        service.take(other, 0);
        service.take(unsent, 0);

        requireNothing("retries      1", "repeats      0");
        store.sql("UPDATE dispatch SET retry_ticks = retry_ticks + 9000000000 WHERE slot = 1");
        assertThat(store.verify())
                .contains("backoff: slot 3 took batch 1 of ingestion 1 (HIGH) PT7S before its retry was due");
    }

    @Test
    void whatWasNotSentAndWaitsNoLongerIsTheMostUrgent() {
        SimulatedIngestion unsent = service.submit("HIGH", 1);
        service.submit("LOW", 6);
        service.unsend(service.take(unsent, 0), Duration.ofSeconds(2));
        service.favour = all -> all.subList(1, 2);
        service.take();
        service.write(store);

        assertThat(store.verify())
                .contains("priority: slot 2 took batch 1 of ingestion 2 (LOW) while ingestion 1 (HIGH) was waiting");
    }

    @Test
    void whatWasNotSentEndsIfItWasCancelledMeanwhile() {
        SimulatedIngestion cancelled = service.submit("LOW", 6);
        SimulatedIngestion.Unit flying = service.take();
        SimulatedIngestion.Unit other = service.take();
        service.cancel(cancelled);
        service.unsend(flying, Duration.ofSeconds(8));
        service.lose(other);

        requireNothing("orders       1", "0 of them waiting");
        store.sql("UPDATE dispatch SET batch_status = NULL WHERE slot = 1");
        assertThat(store.verify())
                .contains("cancel: batch 1 of ingestion 1 (LOW) was cancelled, but has not ended since slot 1");
    }

    @Test
    void whatWasNotSentIsCancelledWhileItWaits() {
        SimulatedIngestion cancelled = service.submit("LOW", 3);
        service.unsend(service.take(), Duration.ofSeconds(8));
        service.cancel(cancelled);
        service.submit("LOW", 3);
        service.take();

        requireNothing("orders       1", "0 of them waiting");
    }

    @Test
    void theSlotAfterALateDepartureWaitsForIt() {
        service.submit("LOW", 9);
        service.departLate(service.take(), Duration.ofSeconds(3));
        service.join(INTERVAL, 2);
        service.take();

        requireNothing("runs         2");
        store.sql("UPDATE dispatch SET departed_ticks = departed_ticks + 1000 WHERE slot = 1");
        assertThat(store.verify()).contains("spacing: slot 2 starts PT4.999999S after slot 1,", "violations   1");
    }

    @Test
    void whatTheUpstreamTellsOneReplicaHoldsForAll() {
        service.submit("LOW", 9);
        SimulatedIngestion.Unit held = service.take();
        service.join(INTERVAL, 2);
        service.finish(held, List.of("completed"), Duration.ZERO, Duration.ofSeconds(60));
        service.take();

        requireNothing("runs         2");
        store.sql("UPDATE dispatch SET hold_ticks = hold_ticks + 1000 WHERE slot = 1");
        assertThat(store.verify())
                .contains("retry-after: slot 2 starts PT0.000001S before the upstream wanted to be asked again");
    }

    @Test
    void anotherReplicaTakesTheMostUrgentToo() {
        service.submit("LOW", 9);
        service.take();
        SimulatedIngestion high = service.submit("HIGH", 1);
        service.join(INTERVAL, 2);
        service.take(high, 0);

        requireNothing("runs         2");
        store.sql("UPDATE dispatch SET ingestion = 1, priority = 'LOW', batch = 1 WHERE slot = 2");
        assertThat(store.verify())
                .contains("priority: slot 2 took batch 2 of ingestion 1 (LOW) while ingestion 2 (HIGH) was waiting");
    }

    @Test
    void aFailureIsAskedForAgainWhileAnotherReplicaIsAtWork() {
        SimulatedIngestion failed = service.submit("HIGH", 3);
        service.submit("LOW", 9);
        service.fail(service.take());
        service.join(INTERVAL, 2);
        service.take();
        service.retry(failed);
        service.take(failed, 0);

        requireNothing("orders       1", "retries      1");
        store.sql("UPDATE dispatch SET retried = NULL, run = 1 WHERE slot = 1");
        store.sql("UPDATE dispatch SET ingestion = 2, batch = 1, attempt = 1, priority = 'LOW' WHERE slot = 3");
        assertThat(store.verify())
                .contains("at least once: control 1 asked for what had failed of ingestion 1 again, but not");
    }

    @Test
    void whatFailsOnlyAfterAnOrderToRetryIsNotForgottenByIt() {
        SimulatedIngestion ingestion = service.submit("LOW", 6);
        SimulatedIngestion.Unit slow = service.take();
        service.join(INTERVAL, 2);
        service.fail(service.take());
        service.retry(ingestion);
        service.pass(Duration.ofSeconds(1));
        service.fail(slow);

        requireNothing("orders       1", "1 of them waiting");
    }

    /** Of the first replica only the first dispatch is left, of the second none. */
    @Test
    void theLedgerIsCutBetweenWhatReplicasDidSideBySide() {
        SimulatedReplicas.Replica second = service.join(INTERVAL, 2);
        service.submit("LOW", 3);
        service.submit("LOW", 3);
        service.turnTo(first);
        service.complete(service.take());
        service.turnTo(second);
        service.complete(service.take());
        service.turnTo(first);
        service.pass(Duration.ofHours(1));
        service.submit("LOW", 6);
        service.complete(service.take());
        service.forget(Duration.ofMinutes(30));
        service.forget(Duration.ofMinutes(30));
        service.turnTo(second);
        service.take();

        requireNothing("runs         2", "dispatches   2, slot 3 to 4");
    }

    private void requireNothing(String... report) {
        service.write(store);
        assertThat(store.verify()).contains("violations   0").contains(report);
    }
}
