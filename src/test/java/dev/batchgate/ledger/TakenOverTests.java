package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What replicas did with an embedded store that they took over: there is nothing but the wall clock to compare. */
class TakenOverTests {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final HandMadeStore store = HandMadeStore.shared();
    private final SimulatedService embedded = new SimulatedService(INTERVAL, 2);
    private SimulatedReplicas service;

    /** Shows at once which version wrote the store: results there are. */
    @BeforeEach
    void oneBatchIsCompleted() {
        embedded.submit("LOW", 1);
        embedded.complete(embedded.take());
    }

    @AfterEach
    void deleteStore() {
        store.close();
    }

    private void takeOver() {
        service = new SimulatedReplicas(embedded, INTERVAL, 2);
    }

    @Test
    void theFirstSlotKeepsItsDistanceFromTheLastOne() {
        embedded.submit("LOW", 9);
        takeOver();
        service.complete(service.take());
        service.take();

        requireNothing("runs         2", "least gap    5.000000000 s");
        store.sql("UPDATE dispatch SET departed_ticks = departed_ticks + 1000000000 WHERE slot = 1");
        assertThat(store.verify())
                .contains("spacing: slot 2 starts PT4S after slot 1 by the wall clock, which is less than", "s   1");
    }

    /** Where nobody can say when it left, it had at its end; and if that is not known either, who knows. */
    @Test
    void theFirstSlotKeepsItsDistanceFromWhatIsKnown() {
        embedded.submit("LOW", 9);
        takeOver();
        service.pass(Duration.ofSeconds(8));
        service.take();
        requireNothing("violations   0");

        store.sql("UPDATE dispatch SET departed_ticks = NULL, ended_at = ended_at + 4000000 WHERE slot = 1");
        assertThat(store.verify()).contains("spacing: slot 2 starts PT4S after slot 1 by the wall clock");
        store.sql("UPDATE dispatch SET outcome = 'unknown', ended_at = NULL, ended_ticks = NULL WHERE slot = 1");
        assertThat(store.verify()).doesNotContain("spacing");
        store.sql("UPDATE dispatch SET started_at = started_at + 3001000 WHERE slot = 1");
        assertThat(store.verify()).contains("spacing: slot 2 starts PT4.999S after slot 1 by the wall clock");
    }

    @Test
    void aWaitGoesOnByTheWallClock() {
        SimulatedIngestion waiting = embedded.submit("HIGH", 1);
        SimulatedIngestion other = embedded.submit("LOW", 9);
        embedded.miss(embedded.take(), Duration.ofSeconds(12));
        takeOver();
        service.complete(service.take(other, 0));
        service.complete(service.take(other, 1));
        service.complete(service.take(waiting, 0));

        requireNothing("retries      1");
        store.sql("UPDATE dispatch SET retry_at = retry_at + 4000000 WHERE slot = 2");
        assertThat(store.verify())
                .contains("backoff: slot 5 took batch 1 of ingestion 2 (HIGH) PT1S before its retry was due");
        store.sql("UPDATE dispatch SET retry_at = retry_at - 8000000 WHERE slot = 2");
        assertThat(store.verify()).contains("priority: slot 4 took", "while ingestion 2 (HIGH) was waiting");
    }

    /** It was told in whose clock was ahead: replicas may take that as it stands, or for no longer than it was. */
    @Test
    void aWaitThatWasWrittenByAClockThatWasAheadMayLastLonger() {
        SimulatedIngestion waiting = embedded.submit("HIGH", 1);
        SimulatedIngestion other = embedded.submit("LOW", 30);
        SimulatedIngestion.Unit missed = embedded.take();
        embedded.setWallClockWrongBy(Duration.ofSeconds(20));
        embedded.miss(missed, Duration.ofSeconds(12));
        embedded.setWallClockWrongBy(Duration.ZERO);
        takeOver();
        for (int batch = 0; batch < 6; batch++) {
            service.complete(service.take(other, batch));
        }
        service.complete(service.take(waiting, 0));

        requireNothing("retries      1");
    }

    @Test
    void theUpstreamIsLeftAloneInTheNextEraToo() {
        embedded.submit("LOW", 30);
        embedded.finish(embedded.take(), List.of("completed"), Duration.ZERO, Duration.ofSeconds(60));
        embedded.pass(Duration.ofSeconds(20));
        takeOver();
        service.take();

        requireNothing("dispatches   3");
        store.sql("UPDATE dispatch SET hold_until = hold_until + 1000000 WHERE slot = 2");
        store.sql("UPDATE run SET started_at = started_at - 5000000, started_ticks = started_ticks - 5000000000"
                + " WHERE run = 2");
        assertThat(store.verify())
                .contains(
                        "retry-after: slot 3 starts PT1S before the upstream wanted to be asked again, as it said in");
    }

    @Test
    void whatACrashHidIsDueAtOnce() {
        SimulatedIngestion hidden = embedded.submit("LOW", 9);
        embedded.take();
        takeOver();
        service.take(hidden, 0);

        requireNothing("repeats      1");
        store.sql("UPDATE dispatch SET outcome = NULL WHERE slot = 2");
        assertThat(store.verify()).contains("ledger: slot 2 has no outcome, though its run is over");
        store.sql("UPDATE dispatch SET outcome = 'unknown' WHERE slot = 2");
        store.sql("UPDATE dispatch SET batch = 1, attempt = 1 WHERE slot = 3");
        assertThat(store.verify()).contains("order: slot 3 took batch 2 of ingestion 2 (LOW), but its next is batch 1");
    }

    @Test
    void whatFailedInTheEraBeforeIsAskedForAgain() {
        SimulatedIngestion failed = embedded.submit("HIGH", 1);
        embedded.submit("LOW", 9);
        embedded.fail(embedded.take());
        takeOver();
        service.take();
        service.retry(failed);

        requireNothing("orders       1", "2 of them waiting");
        store.sql("UPDATE dispatch SET retried = NULL, ended_ticks = %d WHERE slot = 2".formatted(Long.MAX_VALUE));
        assertThat(store.verify())
                .contains("at least once: control 1 asked for what had failed of ingestion 2 again, but not for its");
    }

    /** It has ended for the replicas, though the row says that it was long after they began. */
    @Test
    void whatIsInFlightInOneEraIsNotInTheNext() {
        embedded.submit("LOW", 9);
        embedded.complete(embedded.take());
        embedded.miss(embedded.take(), Duration.ZERO);
        takeOver();
        service.take();
        service.take();

        requireNothing("runs         2");
        store.sql("UPDATE dispatch SET ended_ticks = %d WHERE slot IN (2, 3)".formatted(Long.MAX_VALUE));
        assertThat(store.verify()).contains("violations   0");
    }

    /** A store that went to a database, from there to a folder, and to a database again. */
    @Test
    void whatReplicasDidBeforeAndAfterAnEmbeddedStoreIsNotOneEra() {
        embedded.submit("LOW", 9);
        takeOver();
        service.complete(service.take());
        service.complete(service.take());
        service.join(INTERVAL, 2);
        service.write(store);
        store.sql("UPDATE run SET boot = 'database' WHERE run = 1");
        store.sql("UPDATE run SET boot = 'boot' WHERE run = 2");
        store.sql("UPDATE dispatch SET outcome = NULL, ended_at = NULL, ended_ticks = NULL, batch_status = NULL"
                + " WHERE slot = 1");
        store.sql("INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results)"
                + " VALUES (3, 0, 0, 'database', 1, 1, 1)");

        assertThat(store.verify()).contains("ledger: slot 1 has no outcome, though its run is over");
    }

    private void requireNothing(String... report) {
        service.write(store);
        assertThat(store.verify()).contains("violations   0").contains(report);
    }
}
