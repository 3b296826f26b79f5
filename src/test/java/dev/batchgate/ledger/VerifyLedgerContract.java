package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the proof says of an honest store with orders, retries and a crash, and of every way to tamper with it: the same
 * whoever wrote it, and wherever it is.
 */
abstract class VerifyLedgerContract {

    static final Duration INTERVAL = Duration.ofSeconds(5);

    final HandMadeStore store = newStore();

    abstract HandMadeStore newStore();

    abstract SimulatedService newService(int maxInFlight);

    @AfterEach
    void deleteStore() {
        store.close();
    }

    /**
     * Controls 1 and 2 pause and resume after slot 3, 3 and 4 move ingestion 3 and retry 1 after slot 5, 5 cancels 3
     * after slot 6, 6 cancels 5 after slot 8. Second by second:
     *
     * <pre>
     *   0  slot 1  batch 1 of ingestion 1, LOW       completed
     *   5  slot 2  batch 1 of ingestion 2, HIGH      incomplete, due at 35
     *  10  slot 3  batch 2 of ingestion 1            failed
     *  15  slot 4  batch 1 of ingestion 3, MEDIUM    completed; the gate is closed until 45
     *  45  slot 5  batch 1 of ingestion 2 again      completed
     *  50  slot 6  batch 2 of ingestion 3, HIGH now  cancelled in flight
     *  55  slot 7  batch 2 of ingestion 1 again      a crash hid it
     *  60  slot 8  batch 2 of ingestion 1 again      in flight
     * </pre>
     *
     * Of ingestion 4, nothing has been dispatched; of 5, nothing ever will be.
     */
    @BeforeEach
    void anHonestStore() {
        SimulatedService service = newService(2);
        SimulatedIngestion first = service.submit("LOW", 5);
        service.complete(service.take());
        service.submit("HIGH", 1);
        service.miss(service.take(), Duration.ofSeconds(30));
        service.fail(service.take());
        service.pause();
        service.resume();
        SimulatedIngestion third = service.submit("MEDIUM", 9);
        service.finish(service.take(), List.of("completed"), Duration.ZERO, Duration.ofSeconds(30));
        service.complete(service.take());
        service.move(third, "HIGH");
        service.retry(first);
        SimulatedIngestion.Unit cancelled = service.take();
        service.cancel(third);
        service.miss(cancelled, Duration.ofSeconds(1));
        service.take();
        service.restart(INTERVAL, 2);
        service.pass(INTERVAL);
        service.take();
        service.submit("LOW", 1);
        service.cancel(service.submit("HIGH", 3));
        service.write(store);
    }

    @Test
    void anHonestStorePasses() {
        assertThat(store.verify())
                .contains("runs         2", "ingestions   5, 1 of them waiting", "orders       6")
                .contains("dispatches   8, slot 1 to 8", "retries      2, ", "repeats      1, ")
                .contains("least gap    5.000000000 s", "violations   0");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "priority: slot 2 took batch 2 of ingestion 1 (LOW) while ingestion 2 (HIGH) was waiting | UPDATE dispatch SET ingestion = 1, priority = 'LOW', batch = 1, batches = 2 WHERE slot = 2",
                "priority: slot 6 took batch 2 of ingestion 3 (MEDIUM), which was moved to HIGH | UPDATE dispatch SET priority = 'MEDIUM' WHERE slot = 6",
                "priority: slot 4 took batch 1 of ingestion 3 (HIGH), which was accepted as MEDIUM | UPDATE dispatch SET priority = 'HIGH' WHERE slot = 4",
                "priority: slot 4 took batch 1 of ingestion 3 (MEDIUM) while ingestion 2 (HIGH) was waiting | UPDATE dispatch SET retry_ticks = ended_ticks WHERE slot = 2",
                "priority: slot 5 took batch 2 of ingestion 3 (MEDIUM) while ingestion 2 (HIGH) was waiting | UPDATE dispatch SET ingestion = 3, batch = 1, attempt = 1, priority = 'MEDIUM' WHERE slot = 5",
                "priority: slot 6 took batch 2 of ingestion 1 (LOW) while ingestion 3 (HIGH) was waiting | UPDATE dispatch SET ingestion = 1, batch = 1, attempt = 2, priority = 'LOW' WHERE slot = 6",
                "priority: control 3 moved ingestion 3 from LOW, though it was MEDIUM | UPDATE control SET before = 'LOW' WHERE control = 3",
                "FIFO: slot 8 took batch 1 of ingestion 4 (LOW) while ingestion 1 (LOW) was waiting | UPDATE dispatch SET ingestion = 4, batch = 0, attempt = 1, accepted = 4 WHERE slot = 8",
                "FIFO: ingestion 4 was created before one that was accepted earlier | UPDATE ingestion SET created_at = 1 WHERE sequence = 4",
                "order: slot 6 took batch 3 of ingestion 3 (HIGH), but its next is batch 2 of 3 | UPDATE dispatch SET batch = 2 WHERE slot = 6",
                "order: slot 6 took batch 4 of ingestion 3 (HIGH), which has no more than 3 | UPDATE dispatch SET batch = 3 WHERE slot = 6",
                "order: slot 6 took batch 2 of ingestion 3 (HIGH) before it was accepted | UPDATE dispatch SET accepted = 1; UPDATE control SET accepted = 1",
                "repeat: slot 6 repeats batch 1 of ingestion 3 (HIGH), whose outcome was known | UPDATE dispatch SET batch = 0 WHERE slot = 6",
                "repeat: slot 7 repeats batch 2 of ingestion 1 (LOW), whose outcome was known | UPDATE dispatch SET retried = NULL WHERE slot = 3",
                "repeat: slot 7 repeats batch 2 of ingestion 1 (LOW), whose outcome was known | UPDATE control SET after_slot = 7 WHERE control >= 4",
                "repeat: slot 7 is attempt 3 at batch 2 of ingestion 1 (LOW), which follows attempt 1 | UPDATE dispatch SET attempt = 3 WHERE slot = 7",
                "repeat: slot 8 is attempt 1 at batch 2 of ingestion 1 (LOW), which follows attempt 2 | UPDATE dispatch SET attempt = 1 WHERE slot = 8",
                "repeat: slot 4 is attempt 2 at batch 1 of ingestion 3 (MEDIUM), which was never dispatched before | UPDATE dispatch SET attempt = 2 WHERE slot = 4",
                "repeat: slot 5 took batch 1 of ingestion 2 (HIGH), which was in flight since slot 2 | UPDATE dispatch SET ended_ticks = ended_ticks + 60000000000 WHERE slot = 2",
                "backoff: slot 5 took batch 1 of ingestion 2 (HIGH) PT1S before its retry was due | UPDATE dispatch SET retry_ticks = retry_ticks + 11000000000 WHERE slot = 2",
                "cancel: slot 7 took batch 3 of ingestion 3 (HIGH), which had been cancelled | UPDATE dispatch SET ingestion = 3, batch = 2, attempt = 1, priority = 'HIGH' WHERE slot = 7",
                "cancel: slot 7 took batch 2 of ingestion 3 (HIGH), which had been cancelled | UPDATE dispatch SET ingestion = 3, batch = 1, attempt = 2, priority = 'HIGH' WHERE slot = 7",
                "cancel: batch 2 of ingestion 3 (HIGH) was cancelled, but has not ended since slot 6 | UPDATE dispatch SET batch_status = NULL, retry_ticks = 0 WHERE slot = 6",
                "cancel: batch 2 of ingestion 3 (HIGH) ended as cancelled with slot 6, though nobody cancelled it | UPDATE control SET ingestion = 4 WHERE control = 5",
                "cancel: batch 2 of ingestion 1 (LOW) ended as failed while it waited after slot 8, though nobody cancelled it | UPDATE dispatch SET outcome = 'unknown', batch_status = 'failed' WHERE slot = 8",
                "pause: slot 4 took batch 1 of ingestion 3 (MEDIUM) while the gate was paused by control 1 | UPDATE control SET after_slot = 4 WHERE control = 2",
                "pause: slot 8 took batch 2 of ingestion 1 (LOW) while the gate was paused by control 2 | UPDATE control SET kind = 'pause' WHERE control = 2",
                "retry-after: slot 5 starts PT1S before the upstream wanted to be asked again, as it said in slot 4 | UPDATE dispatch SET hold_ticks = hold_ticks + 1000000000 WHERE slot = 4",
                "in flight: slot 4 started while 2 batches were in flight, of at most 2 | UPDATE dispatch SET ended_ticks = ended_ticks + 60000000000 WHERE slot IN (2, 3)",
                "spacing: slot 2 starts PT4S after slot 1, which is less than the interval of PT5S | UPDATE dispatch SET started_ticks = started_ticks - 1000000000 WHERE slot = 2",
                "at least once: control 4 asked for what had failed of ingestion 1 again, but not for its batch 2 | UPDATE dispatch SET retried = NULL WHERE slot = 3; UPDATE dispatch SET ingestion = 4, batch = 0, attempt = 1 WHERE slot > 6",
                "at least once: ingestion 1 is finished, but 1 of its 2 batches never ended | UPDATE ingestion SET finished_at = 1 WHERE sequence = 1",
                "ledger: every batch of ingestion 3 ended, but it is not finished | UPDATE ingestion SET finished_at = NULL WHERE sequence = 3",
                "ledger: every batch of ingestion 5 ended, but it is not finished | UPDATE ingestion SET finished_at = NULL WHERE sequence = 5",
                "ledger: slot 3 says that control 3 asked for batch 2 of ingestion 1 (LOW) again, which it did not | UPDATE dispatch SET retried = 3 WHERE slot = 3",
                "ledger: slot 3 says that control 9 asked for batch 2 of ingestion 1 (LOW) again, which it did not | UPDATE dispatch SET retried = 9 WHERE slot = 3",
                "ledger: slot 3 says that batch 2 of ingestion 1 (LOW) was asked for again, but not that it had failed | UPDATE dispatch SET batch_status = NULL WHERE slot = 3",
                "ledger: slot 1 is completed, while its batch is not ended | UPDATE dispatch SET batch_status = NULL WHERE slot = 1",
                "ledger: slot 3 is failed, while its batch is completed | UPDATE dispatch SET batch_status = 'completed' WHERE slot = 3",
                "ledger: slot 8 is in flight, while its batch is cancelled | UPDATE dispatch SET batch_status = 'cancelled' WHERE slot = 8",
                "ledger: slot 1 is unreachable, while its batch is completed | UPDATE dispatch SET outcome = 'unreachable' WHERE slot = 1",
                "ledger: slot 1 is lucky, while its batch is completed | UPDATE dispatch SET outcome = 'lucky' WHERE slot = 1",
                "ledger: slot 4 tells of turns or ages, though its run went by priority and acceptance alone | UPDATE dispatch SET turn = 1 WHERE slot = 4",
                "ledger: slot 4 tells of turns or ages, though its run went by priority and acceptance alone | UPDATE dispatch SET owner = 'a' WHERE slot = 4",
                "ledger: slot 5 belongs to run 9, which is not on record | UPDATE dispatch SET run = 9 WHERE slot = 5",
                "ledger: between slot 4 and slot 6 something is missing | DELETE FROM dispatch WHERE slot = 5",
                "ledger: between control 2 and control 4 something is missing | DELETE FROM control WHERE control = 3",
                "ledger: before control 2 something is missing | DELETE FROM control WHERE control = 1",
                "ledger: control 4 was given after slot 2, though control 3 was after slot 5 | UPDATE control SET after_slot = 2 WHERE control = 4",
                "ledger: control 6 was given after slot 9, which is missing | UPDATE control SET after_slot = 9 WHERE control = 6",
                "ledger: control 3 is about ingestion 4, which had not been accepted | UPDATE control SET ingestion = 4 WHERE control = 3",
                "ledger: slot 6 knew fewer ingestions than control 4 | UPDATE control SET accepted = 4 WHERE control = 4",
                "ledger: control 4 knew fewer ingestions than control 3 | UPDATE control SET accepted = 2 WHERE control = 4",
                "durable: control 6 knew ingestion 6, which is missing | UPDATE control SET accepted = 6 WHERE control = 6",
                "durable: slot 8 knew ingestion 6, which is missing | UPDATE dispatch SET accepted = 6 WHERE slot = 8",
                "durable: ingestion 4 is missing, and nothing of it was ever dispatched | DELETE FROM ingestion WHERE sequence = 4",
                "durable: ingestion 5 is missing, and nothing of it was ever dispatched | DELETE FROM ingestion WHERE sequence = 5; UPDATE control SET kind = 'move' WHERE control = 6",
                "durable: ingestion 1 is missing, and 1 of its 2 batches never ended | DELETE FROM ingestion WHERE sequence = 1",
                "results: batch 1 of ingestion 1 ended as completed, but of its 3 ids 2 completed, 0 failed and 0 were cancelled | DELETE FROM result WHERE ingestion = 1 AND position = 1",
                "results: batch 1 of ingestion 1 ended as completed, but of its 3 ids 2 completed, 1 failed and 0 were cancelled | UPDATE result SET status = 'failed' WHERE ingestion = 1 AND position = 1",
                "results: batch 1 of ingestion 3 ended as completed, but of its 3 ids 0 completed, 0 failed and 0 were cancelled | DELETE FROM result WHERE ingestion = 3 AND position < 3",
                "results: batch 2 of ingestion 3 ended as cancelled, but of its 3 ids 0 completed, 1 failed and 2 were cancelled | UPDATE result SET status = 'failed' WHERE ingestion = 3 AND position = 3",
                "results: batch 1 of ingestion 2 ended as failed, but of its 1 ids 1 completed, 0 failed and 0 were cancelled | UPDATE dispatch SET batch_status = 'failed' WHERE slot = 5",
                "results: batch 2 of ingestion 1 has all of its 2 results, but has not ended | INSERT INTO result (ingestion, position, status) VALUES (1, 3, 'completed'), (1, 4, 'failed')",
                "results: there are 1 results of batch 3 of ingestion 3, which was never dispatched | INSERT INTO result (ingestion, position, status) VALUES (3, 8, 'completed')",
                "results: there are 1 results of batch 1 of ingestion 5, which was never dispatched | INSERT INTO result (ingestion, position, status) VALUES (5, 0, 'cancelled')",
                "results: there are 2 results of ingestion 9, which is missing | INSERT INTO result (ingestion, position, status) VALUES (9, 0, 'completed'), (9, 1, 'completed')",
            })
    void whatWasTamperedWithIsNamed(String violation, String tampering) {
        store.sql(tampering);

        assertThat(store.verify()).contains(violation).doesNotContain("violations   0");
    }

    @Test
    void aRetryThatIsOvertakenByItsOwnIngestionIsNamed() {
        try (HandMadeStore other = newStore()) {
            SimulatedService service = newService(1);
            service.submit("LOW", 9);
            service.complete(service.take());
            service.miss(service.take(), Duration.ofSeconds(1));
            service.favour = all -> all.subList(1, 2);
            service.take();
            service.write(other);

            assertThat(other.verify())
                    .contains("order: slot 3 took batch 3 of ingestion 1 (LOW), but its next is batch 2 of 3");
        }
    }

    @Test
    void whoSetsTheWallClockMakesNoViolation() {
        store.sql("UPDATE dispatch SET started_at = started_at - 3600000000 WHERE slot > 2");
        store.sql("UPDATE control SET ordered_at = ordered_at + 3600000000");

        assertThat(store.verify()).contains("violations   0");
    }

    @Test
    void ofWhatHasExpiredTheResultsMayBeMissing() {
        store.sql("UPDATE ingestion SET expired = 1 WHERE sequence = 3");
        store.sql("DELETE FROM result WHERE ingestion = 3 AND position > 1");

        assertThat(store.verify()).contains("violations   0");
    }

    @Test
    void noMoreThanSomeAreTold() {
        for (int ingestion = 11; ingestion <= 40; ingestion++) {
            store.sql("INSERT INTO result (ingestion, position, status) VALUES (%d, 0, 'failed')".formatted(ingestion));
        }

        assertThat(store.verify()).contains("violations   30", "… and 10 more");
    }
}
