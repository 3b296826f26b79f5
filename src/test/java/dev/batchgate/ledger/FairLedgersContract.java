package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Fairness;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the proof says where keys take turns and whoever has waited for long is lifted; the same wherever the store is. */
abstract class FairLedgersContract {

    static final Duration INTERVAL = Duration.ofSeconds(5);

    private static final Fairness BY_TURNS = new Fairness(true, null);
    private static final Fairness BOTH = new Fairness(true, Duration.ofSeconds(60));

    final HandMadeStore store = newStore();

    abstract HandMadeStore newStore();

    abstract SimulatedService newService(Fairness fairness);

    @AfterEach
    void deleteStore() {
        store.close();
    }

    /**
     * By turns, and lifted after 60 seconds. Second by second:
     *
     * <pre>
     *   0  slot 1   batch 1 of ingestion 1, LOW, key a
     *   5  slot 2   batch 1 of ingestion 2, LOW, key b     never had a turn
     *  10  slot 3   batch 1 of ingestion 3, LOW, no key    likewise, and is younger
     *  15  slot 4   batch 2 of ingestion 1
     *  20  slot 5   batch 2 of ingestion 2
     *  25  slot 6   batch 1 of ingestion 4, MEDIUM, key a
     *  60  slot 7   batch 1 of ingestion 5, MEDIUM, key b  never had a turn in MEDIUM
     *  65  slot 8   batch 3 of ingestion 1                 lifted since 60
     *  70  slot 9   batch 2 of ingestion 5
     *  75  slot 10  batch 1 of ingestion 6, LOW, key c
     * </pre>
     *
     * Ingestion 7 is like 6, and waits.
     */
    private void aFairStore() {
        SimulatedService service = newService(BOTH);
        SimulatedIngestion first = service.submit("LOW", 9, "a");
        service.complete(service.take(first, 0));
        SimulatedIngestion second = service.submit("LOW", 6, "b");
        SimulatedIngestion third = service.submit("LOW", 3);
        service.complete(service.take(second, 0));
        service.complete(service.take(third, 0));
        service.complete(service.take(first, 1));
        service.complete(service.take(second, 1));
        service.complete(service.take(service.submit("MEDIUM", 3, "a"), 0));
        service.pass(Duration.ofSeconds(35));
        SimulatedIngestion fifth = service.submit("MEDIUM", 6, "b");
        service.complete(service.take(fifth, 0));
        service.complete(service.take(first, 2));
        SimulatedIngestion sixth = service.submit("LOW", 3, "c");
        service.submit("LOW", 3, "c");
        service.complete(service.take(fifth, 1));
        service.complete(service.take(sixth, 0));
        service.write(store);
    }

    @Test
    void anHonestStorePasses() {
        aFairStore();

        assertThat(store.verify()).contains("dispatches   10, slot 1 to 10", "1 of them waiting", "violations   0");
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "turn: slot 3 took batch 2 of ingestion 2 (LOW) while ingestion 3 (LOW) was waiting, and it was the turn of those without a key | UPDATE dispatch SET ingestion = 2, batch = 1, owner = 'b' WHERE slot = 3",
                "turn: slot 4 took batch 2 of ingestion 2 (LOW) while ingestion 1 (LOW) was waiting, and it was the turn of key a | UPDATE dispatch SET ingestion = 2, batch = 1, owner = 'b' WHERE slot = 4",
                "turn: slot 2 took batch 2 of ingestion 1 (LOW) while ingestion 2 (LOW) was waiting, and it was the turn of key b | UPDATE dispatch SET ingestion = 1, batch = 1, owner = 'a' WHERE slot = 2",
                "aging: slot 8 took batch 2 of ingestion 5 (MEDIUM) while ingestion 1 (LOW) was waiting, and had been for PT1M5S | UPDATE dispatch SET ingestion = 5, batch = 1, priority = 'MEDIUM', owner = 'b' WHERE slot = 8",
                "priority: slot 8 took batch 3 of ingestion 1 (LOW) while ingestion 5 (MEDIUM) was waiting | UPDATE run SET aging_micros = 65000001",
                "priority: slot 8 took batch 3 of ingestion 1 (LOW) while ingestion 5 (MEDIUM) was waiting | UPDATE run SET aging_micros = NULL",
                "priority: slot 6 took batch 3 of ingestion 1 (LOW) while ingestion 4 (MEDIUM) was waiting | UPDATE dispatch SET ingestion = 1, batch = 2, priority = 'LOW' WHERE slot = 6",
                "FIFO: slot 10 took batch 1 of ingestion 7 (LOW) while ingestion 6 (LOW) was waiting | UPDATE dispatch SET ingestion = 7 WHERE slot = 10",
                "FIFO: slot 2 took batch 1 of ingestion 2 (LOW) while ingestion 1 (LOW) was waiting | UPDATE run SET fair_share = 0",
                "ledger: slot 2 has LOW for its turn, which is none | UPDATE run SET fair_share = 0",
                "ledger: slot 2 tells of turns or ages, though its run went by priority and acceptance alone | UPDATE run SET fair_share = 0, aging_micros = NULL",
                "ledger: slot 5 has LOW for its turn, which is MEDIUM | UPDATE run SET aging_micros = 20000000",
                "ledger: slot 8 has LOW for its turn, which is MEDIUM | UPDATE dispatch SET turn = 2 WHERE slot = 8",
                "ledger: slot 8 has none for its turn, which is MEDIUM | UPDATE dispatch SET turn = NULL WHERE slot = 8",
                "ledger: slot 8 has 7 for its turn, which is MEDIUM | UPDATE dispatch SET turn = 7 WHERE slot = 8",
                "ledger: slot 2 has b for its key, which is a | UPDATE ingestion SET owner = 'a' WHERE sequence = 2",
                "ledger: slot 3 has b for its key, which is none | UPDATE dispatch SET owner = 'b' WHERE slot = 3",
                "ledger: slot 4 has none for its key, which is a | UPDATE dispatch SET owner = NULL WHERE slot = 4",
                "ledger: slot 4 has none for its time of acceptance, which is 2026-01-02T00:00:00Z | UPDATE dispatch SET created_at = NULL WHERE slot = 4",
                "ledger: slot 4 has 2026-01-02T00:00:00.000001Z for its time of acceptance, which is 2026-01-02T00:00:00Z | UPDATE dispatch SET created_at = created_at + 1 WHERE slot = 4",
            })
    void whatWasTamperedWithIsNamed(String violation, String tampering) {
        aFairStore();
        store.sql(tampering);

        assertThat(store.verify()).contains(violation).doesNotContain("violations   0");
    }

    @Test
    void whoIsLiftedInThisVeryMomentGoesAtOnce() {
        aFairStore();
        store.sql("UPDATE run SET aging_micros = 65000000");

        assertThat(store.verify()).contains("violations   0");
    }

    /** Whose turns it keeps being by what they were, not by what is said of them. */
    @Test
    void oneFalsehoodIsOneViolation() {
        aFairStore();
        store.sql("UPDATE dispatch SET turn = NULL WHERE slot = 4");

        assertThat(store.verify()).contains("violations   1");
    }

    @Test
    void ofWhatIsDeletedTheSlotsTell() {
        aFairStore();
        store.sql("DELETE FROM ingestion WHERE sequence < 5");
        store.sql("DELETE FROM result WHERE ingestion < 5");
        assertThat(store.verify()).contains("violations   0");

        store.sql("UPDATE dispatch SET ingestion = 2, batch = 1, owner = 'b' WHERE slot = 4");
        assertThat(store.verify())
                .contains(
                        "turn: slot 4 took batch 2 of ingestion 2 (LOW) while ingestion 1 (LOW) was waiting, and it was");
    }

    @Test
    void aSlotThatDoesNotTellOfWhatIsDeletedIsNamed() {
        aFairStore();
        store.sql("DELETE FROM ingestion WHERE sequence < 5");
        store.sql("DELETE FROM result WHERE ingestion < 5");
        store.sql("UPDATE dispatch SET owner = NULL, created_at = NULL WHERE slot = 6");

        assertThat(store.verify())
                .contains("ledger: slot 6 does not say when batch 1 of ingestion 4 (MEDIUM) was accepted");
    }

    /** Ingestion 2 is key a's, whose turn it is not; but when it is deleted nobody can tell. */
    @Test
    void whoseItWasWhatNoFairSlotTellsOfIsNotGuessed() {
        SimulatedService service = newService(Fairness.STRICT);
        SimulatedIngestion first = service.submit("LOW", 3, "a");
        SimulatedIngestion unknown = service.submit("HIGH", 6, "a");
        service.complete(service.take(unknown, 0));
        service.move(unknown, "LOW");
        SimulatedIngestion third = service.submit("LOW", 3, "b");
        service.restart(INTERVAL, 1, BY_TURNS);
        service.complete(service.take(first, 0));
        service.complete(service.take(third, 0));
        service.cancel(unknown);
        service.write(store);
        assertThat(store.verify()).contains("violations   0");

        store.sql("DELETE FROM ingestion WHERE sequence = 2");
        store.sql("DELETE FROM result WHERE ingestion = 2");
        assertThat(store.verify()).contains("violations   0");
    }

    /** Slots 1 and 2 were key a's and b's. Slot 3 is a's again, though b's work is older. */
    private SimulatedService aCutLedger() {
        SimulatedService service = newService(BY_TURNS);
        service.submit("LOW", 3, "a");
        service.submit("LOW", 3, "b");
        service.complete(service.take());
        service.complete(service.take());
        service.pass(Duration.ofHours(1));
        service.submit("LOW", 3, "b");
        SimulatedIngestion fourth = service.submit("LOW", 6, "a");
        service.complete(service.take(fourth, 0));
        service.forget(Duration.ofMinutes(30));
        service.forget(Duration.ofMinutes(30));
        return service;
    }

    @Test
    void whoseTurnItWasBeforeTheLedgerBeginsIsNotGuessed() {
        SimulatedService service = aCutLedger();
        service.write(store);

        assertThat(store.verify()).contains("dispatches   1, slot 3 to 3", "violations   0");
    }

    /** Whatever turns b had before, they were before a's. */
    @Test
    void whoHasNotBeenSeenGoesBeforeWhoHas() {
        SimulatedService service = aCutLedger();
        service.favour = all -> all.subList(1, 2);
        service.take();
        service.write(store);

        assertThat(store.verify())
                .contains("turn: slot 4 took batch 2 of ingestion 4 (LOW) while ingestion 3 (LOW) was waiting")
                .contains("violations   1");
    }

    /** A slot of a run that is not on record, which is a violation, but no reason for others. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void byWhatAnUnknownRunWentIsNotGuessed(int slot) {
        aFairStore();
        store.sql("UPDATE dispatch SET run = 9 WHERE slot = " + slot);

        assertThat(store.verify()).doesNotContain("turn: ", "aging: ", "priority: ", "FIFO: ");
    }

    @Test
    void agesAloneAreJudgedByAcceptance() {
        SimulatedService service = newService(new Fairness(false, Duration.ofSeconds(20)));
        SimulatedIngestion low = service.submit("LOW", 6, "a");
        service.pass(Duration.ofSeconds(10));
        SimulatedIngestion medium = service.submit("MEDIUM", 9, "b");
        service.complete(service.take(medium, 0));
        service.complete(service.take(medium, 1));
        service.complete(service.take(low, 0));
        service.move(low, "MEDIUM");
        SimulatedIngestion high = service.submit("HIGH", 3);
        service.complete(service.take(low, 1));
        service.complete(service.take(medium, 2));
        service.complete(service.take(high, 0));
        service.write(store);
        assertThat(store.verify()).contains("violations   0");

        store.sql("UPDATE dispatch SET ingestion = 3, batch = 0, priority = 'HIGH', owner = NULL WHERE slot = 4");
        assertThat(store.verify())
                .contains("aging: slot 4 took batch 1 of ingestion 3 (HIGH) while ingestion 1 (MEDIUM) was waiting,");
    }
}
