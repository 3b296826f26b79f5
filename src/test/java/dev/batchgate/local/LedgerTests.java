package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Queues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The proof that a store holds, on an honest one and on every way to tamper with it that the proof claims to see. */
class LedgerTests {

    private final MovedTime time = new MovedTime();
    private final TestStore store = new TestStore();
    private LocalQueue queue;

    @AfterEach
    void deleteStore() {
        store.close();
    }

    /**
     * Slots: 1 LOW batch 1, 2 HIGH, 3 LOW batch 2 whose outcome a crash hides, 4 LOW batch 2 again, 5 MEDIUM of
     * ingestion 3, 6 MEDIUM of ingestion 4; ingestion 5 waits.
     */
    @BeforeEach
    void anHonestStore() throws Exception {
        queue = store.open(time, "interval=5s");
        add(Priority.LOW, 1, 2, 3, 4, 5);
        take();
        add(Priority.HIGH, 6);
        take();
        queue.departed(queue.take());
        store.kill();
        queue = store.open(time, "interval=5s");
        take();
        add(Priority.MEDIUM, 7);
        add(Priority.MEDIUM, 8);
        take();
        take();
        add(Priority.LOW, 9);
    }

    @Test
    void anHonestStorePassesAlsoWhileItIsInUse() {
        assertThat(store.verify())
                .contains("runs         2", "ingestions   5, 1 of them waiting", "dispatches   6, slot 1 to 6")
                .contains("repeats      1", "least gap    5.000000000 s", "violations   0");
        store.kill();
        assertThat(store.verify()).contains("violations   0");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "spacing: slot 2 starts PT4S after slot 1 | UPDATE dispatch SET started_ticks = started_ticks - 1000000000 WHERE slot = 2",
                "spacing: slot 3 starts                   | UPDATE dispatch SET departed_ticks = departed_ticks + 1 WHERE slot = 2",
                "spacing: slot 4 starts PT4S after the start of run 2 | UPDATE run SET started_ticks = started_ticks + 1000000000 WHERE run = 2",
                "spacing: slot 2 starts PT5S after slot 1, which is less than the interval of PT6S | UPDATE run SET interval_nanos = 6000000000 WHERE run = 1",
                "priority: slot 1 took batch 1 of ingestion 1 (LOW) while ingestion 2 (HIGH) was waiting | UPDATE dispatch SET accepted = 2 WHERE slot = 1",
                "priority: slot 5 took batch 1 of ingestion 3 (HIGH), which was accepted as MEDIUM | UPDATE dispatch SET priority = 'HIGH' WHERE slot = 5",
                "priority: slot 5 took                    | UPDATE ingestion SET priority = 'HIGH' WHERE sequence = 4",
                "FIFO: slot 5 took batch 1 of ingestion 4 (MEDIUM) while ingestion 3 (MEDIUM) was waiting | UPDATE dispatch SET ingestion = 7 - ingestion WHERE slot IN (5, 6)",
                "FIFO: ingestion 4 was created before     | UPDATE ingestion SET created_at = created_at - 10000000 WHERE sequence = 4",
                "repeat: slot 3 repeats batch 1 of ingestion 1 (LOW), whose outcome was known | UPDATE dispatch SET batch = 0 WHERE slot = 3",
                "order: slot 1 took batch 2 of ingestion 1 (LOW), but its next is batch 1 of 2 | UPDATE dispatch SET batch = 1 WHERE slot = 1",
                "order: slot 5 took batch 1 of ingestion 3 (MEDIUM) before it was accepted | UPDATE dispatch SET accepted = 2 WHERE slot = 5",
                "ledger: between slot 4 and slot 6 something is missing | DELETE FROM dispatch WHERE slot = 5",
                "at least once: ingestion 3 is finished, but 1 of its 1 batches never ended | DELETE FROM dispatch WHERE slot = 5",
                "at least once: ingestion 5 is finished, but 1 of its 1 batches never ended | UPDATE ingestion SET finished_at = 1 WHERE sequence = 5",
                "ledger: every batch of ingestion 3 ended, but it is not finished | UPDATE ingestion SET finished_at = NULL WHERE sequence = 3",
                "ledger: slot 3 has no outcome, though its run is over | UPDATE dispatch SET outcome = NULL WHERE slot = 3",
                "ledger: slot 5 belongs to run 9, which is not on record | UPDATE dispatch SET run = 9 WHERE slot = 5",
                "ledger: slot 6 knew fewer ingestions than slot 5 | UPDATE dispatch SET accepted = 5 WHERE slot = 5",
                "repeat: slot 4 repeats batch 2 of ingestion 1 (LOW), whose outcome was known | UPDATE dispatch SET outcome = 'completed' WHERE slot = 3",
                "repeat: slot 4 is attempt 3 at batch 2 of ingestion 1 (LOW), which follows attempt 1 | UPDATE dispatch SET attempt = 3 WHERE slot = 4",
                "repeat: slot 5 repeats batch 1 of ingestion 3 (MEDIUM), whose outcome was known | UPDATE dispatch SET ingestion = 3, priority = 'MEDIUM', batch = 0, attempt = 1, accepted = 4 WHERE slot = 4",
                "in flight: slot 6 started while 1 batches were in flight, of at most 1 | UPDATE dispatch SET ended_ticks = ended_ticks + 6000000000 WHERE slot = 5",
                "durable: ingestion 5 is missing, and nothing of it was ever dispatched | UPDATE ingestion SET sequence = 6 WHERE sequence = 5",
            })
    void whatWasTamperedWithIsNamed(String violation, String tampering) {
        store.kill();
        store.tamper(tampering);

        assertThat(store.verify()).contains(violation).doesNotContain("violations   0");
    }

    @Test
    void whatTheLedgerKnewAndIsNotThereAnyMoreIsMissed() {
        store.kill();
        store.tamper("UPDATE dispatch SET accepted = 5 WHERE slot = 6");
        store.tamper("DELETE FROM ingestion WHERE sequence = 5");

        assertThat(store.verify()).contains("durable: slot 6 knew ingestion 5, which is missing");
    }

    @Test
    void anIngestionThatWasDeletedTooEarlyIsMissed() throws Exception {
        add(Priority.HIGH, 1, 2, 3, 4);
        take();
        store.kill();
        store.tamper("DELETE FROM ingestion WHERE sequence = 6");

        assertThat(store.verify()).contains("durable: ingestion 6 is missing, and 1 of its 2 batches never ended");
    }

    @Test
    void whoSetsTheWallClockMakesNoViolation() {
        store.kill();
        store.tamper("UPDATE dispatch SET started_at = started_at - 3600000000 WHERE slot > 2");

        assertThat(store.verify()).contains("violations   0");
    }

    private void add(Priority priority, long... ids) {
        queue.add(Queues.submission(priority, Ids.of(ids)));
    }

    private void take() throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.completed(batch));
    }
}
