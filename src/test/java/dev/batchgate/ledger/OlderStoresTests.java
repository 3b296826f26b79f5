package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the proof says of a store that the version before this one wrote. */
class OlderStoresTests {

    @Test
    void aStoreOfTheVersionBeforeIsToBeStartedOnce() {
        try (HandMadeFolder older = HandMadeFolder.older()) {
            assertThat(older.verify())
                    .contains("is from an older version; start Batchgate on it once")
                    .doesNotContain("runs");
        }
    }

    @Test
    void soIsOneThatDoesNotKnowOfTurns() {
        try (HandMadeFolder older = HandMadeFolder.older()) {
            older.upgradeButForFairness();

            assertThat(older.verify())
                    .contains("is from an older version; start Batchgate on it once")
                    .doesNotContain("runs");
        }
    }

    /** Of the version before, with what a crash hid going first, and without results. */
    @Test
    void whatAnOlderVersionDidIsNotJudgedByThisOnesRules() {
        try (HandMadeFolder older = HandMadeFolder.older()) {
            older.sql("INSERT INTO run VALUES (1, 0, 0, 'boot', 1000, 1), (2, 0, 100000, 'boot', 1000, 1)");
            for (int sequence = 1; sequence <= 3; sequence++) {
                older.sql(("INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids,"
                                + " finished_at) VALUES (%d, x'0%d', '%s', 0, 1, 4, x'00000001', %s)")
                        .formatted(sequence, sequence, sequence == 1 ? "LOW" : "HIGH", sequence < 3 ? "1" : "NULL"));
            }
            older.sql("""
                    INSERT INTO dispatch (slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches,
                      attempt, outcome, ended_at, ended_ticks)
                    VALUES (1, 1, 0, 1000, 1, 1, 'LOW', 0, 1, 1, 'unknown', NULL, NULL),
                           (2, 2, 0, 102000, 3, 1, 'LOW', 0, 1, 2, 'completed', 0, 102001),
                           (3, 2, 0, 104000, 3, 2, 'HIGH', 0, 1, 1, 'failed', 0, 104001)""");
            older.upgrade();

            assertThat(older.verify()).contains("violations   0", "repeats      1", "1 of them waiting");
        }
    }
}
