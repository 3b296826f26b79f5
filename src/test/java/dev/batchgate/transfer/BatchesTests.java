package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a batch's dispatches, results and orders make of it, each case with the answer beside it. */
class BatchesTests {

    private static final long HOUR = 3_600_000_000L;

    private final Target target = Target.create();
    private MadeStore store;

    @BeforeEach
    void makeStore(@TempDir Path folder) {
        store = MadeStore.in(folder);
        // Cut into batches of 11 to 13, 21 to 23 and so on.
        for (int sequence = 1; sequence <= 3; sequence++) {
            store.ingestion(sequence, List.of("HIGH", "MEDIUM", "LOW").get(sequence - 1), 3, 8);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Map<String, Object> batch(long ingestion, int batch) {
        return target.row("SELECT * FROM batch WHERE ingestion = %d AND batch = %d".formatted(ingestion, batch));
    }

    private void copy() {
        target.take(store.folder());
    }

    private static List<Integer> places(Integer... places) {
        return Arrays.asList(places);
    }

    @Test
    void completedAtOnce() {
        store.ended(1, 2, 0, "completed", "NULL");
        copy();

        assertThat(batch(2, 0))
                .isEqualTo(Target.values(
                        "ingestion",
                        2,
                        "batch",
                        0,
                        "rank",
                        1,
                        "status",
                        "completed",
                        "attempts",
                        1,
                        "counted",
                        1,
                        "unknown_outcomes",
                        0,
                        "started_at",
                        1_000,
                        "finished_at",
                        1_002,
                        "error",
                        null,
                        "next_attempt_at",
                        null,
                        "due",
                        false,
                        "withdrawn",
                        false,
                        "places",
                        null,
                        "failed",
                        null,
                        "cancelled",
                        false));
    }

    @Test
    void completedAtTheSecondAttemptStartedWithTheFirst() {
        store.dispatch(1, 1, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'id 11: busy', 1001, 1500");
        store.ended(2, 1, 0, "completed", "'left over'");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values(
                        "status",
                        "completed",
                        "attempts",
                        2,
                        "counted",
                        2,
                        "started_at",
                        1_000,
                        "finished_at",
                        2_002,
                        "error",
                        null,
                        "next_attempt_at",
                        null,
                        "unknown_outcomes",
                        0));
    }

    @Test
    void waitsForWhatIsMissing() {
        long retryAt = Target.now() + HOUR;
        store.dispatch(
                1,
                1,
                1,
                "outcome, reason, ended_at, retry_at",
                "'incomplete', 'id 15: busy', %d, %d".formatted(retryAt - 2 * HOUR, retryAt));
        store.result(1, 3, "completed", "NULL");
        store.result(1, 4, "failed", "'gone\0away'".replace("\0", "' || char(0) || '"));
        copy();

        assertThat(batch(1, 1))
                .containsAllEntriesOf(Target.values(
                        "rank",
                        0,
                        "status",
                        "triggered",
                        "attempts",
                        1,
                        "counted",
                        1,
                        "finished_at",
                        null,
                        "error",
                        "id 15: busy",
                        "next_attempt_at",
                        retryAt,
                        "due",
                        false,
                        "places",
                        places(2),
                        "failed",
                        "id 14: gone\uFFFDaway",
                        "cancelled",
                        false));
        assertThat(target.row("SELECT retrying, gone FROM gate"))
                .isEqualTo(Map.of("retrying", List.of(1L, 0L, 0L), "gone", List.of(0L, 0L, 0L)));
    }

    @Test
    void waitsNoLongerThanWasDrawnWhateverTheClockWasSetTo() {
        long ended = Target.now() + 24 * HOUR;
        store.dispatch(
                1,
                1,
                0,
                "outcome, reason, ended_at, retry_at",
                "'incomplete', 'busy', %d, %d".formatted(ended, ended + HOUR));
        store.dispatch(2, 1, 1, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 1001, 1500");
        copy();

        assertThat(batch(1, 0)).containsEntry("next_attempt_at", target.copiedAt() + HOUR);
        assertThat(batch(1, 1)).containsEntry("next_attempt_at", target.copiedAt());
    }

    @Test
    void whatWasInFlightAtAKillWaitsAtOnce() {
        store.dispatch(1, 3, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 1001, 1500");
        store.dispatch(2, 3, 0, "", "");
        store.order(1, "move", 2, "3", "'HIGH'");
        copy();

        assertThat(batch(3, 0))
                .containsAllEntriesOf(Target.values(
                        "status",
                        "triggered",
                        "attempts",
                        2,
                        "counted",
                        2,
                        "unknown_outcomes",
                        1,
                        "error",
                        null,
                        "next_attempt_at",
                        target.copiedAt(),
                        "places",
                        places(0, 1, 2)));
        assertThat(target.row("SELECT outcome, batch_status, batch_end_at FROM dispatch WHERE slot = 2"))
                .isEqualTo(Target.values("outcome", "unknown", "batch_status", null, "batch_end_at", null));
    }

    @Test
    void whatAnEarlierKillHidCountsToo() {
        store.dispatch(1, 3, 0, "outcome", "'unknown'");
        store.dispatch(2, 3, 0, "outcome", "'unknown'");
        store.ended(3, 3, 0, "completed", "NULL");
        store.dispatch(4, 3, 1, "outcome", "'unknown'");
        copy();

        assertThat(batch(3, 0)).containsAllEntriesOf(Target.values("status", "completed", "unknown_outcomes", 2));
        assertThat(batch(3, 1))
                .containsAllEntriesOf(Target.values(
                        "status", "triggered", "unknown_outcomes", 1, "next_attempt_at", target.copiedAt()));
    }

    @Test
    void whatWasNotSentCostsNoAttempt() {
        store.dispatch(1, 1, 0, "outcome, reason, ended_at, retry_at", "'unreachable', 'refused', 1001, 1001");
        store.dispatch(2, 1, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 2001, 2001");
        store.dispatch(3, 1, 0, "outcome, reason, ended_at, retry_at", "'unreachable', 'refused', 3001, 3001");
        store.dispatch(4, 1, 0, "outcome, reason, ended_at, retry_at", "'unsent', 'held back', 4001, 4001");
        copy();

        assertThat(batch(1, 0)).containsAllEntriesOf(Target.values("attempts", 4, "counted", 1, "error", "held back"));
    }

    @Test
    void failedSaysWhyAndKeepsWhatItsIdsCameTo() {
        store.ended(1, 1, 0, "failed", "'ids 10, 12: gone'");
        store.result(1, 0, "failed", "'gone'");
        store.result(1, 1, "cancelled", "NULL");
        store.result(1, 2, "failed", "'gone'");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values(
                        "status",
                        "failed",
                        "finished_at",
                        1_002,
                        "error",
                        "ids 10, 12: gone",
                        "places",
                        null,
                        "failed",
                        "ids 10, 12: gone",
                        "cancelled",
                        true));
    }

    @Test
    void whatWasAskedForAgainHasAllAttemptsAnew() {
        store.ended(1, 1, 0, "failed", "'id 10: gone'");
        store.ended(2, 1, 1, "failed", "'id 13: gone'");
        store.sql("UPDATE dispatch SET retried = 1");
        store.result(1, 1, "completed", "NULL");
        store.result(1, 2, "completed", "NULL");
        store.dispatch(3, 1, 1, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 3001, 3001");
        store.order(1, "retry", 2, "1", "NULL");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values(
                        "status",
                        "triggered",
                        "attempts",
                        1,
                        "counted",
                        0,
                        "error",
                        null,
                        "finished_at",
                        null,
                        "next_attempt_at",
                        target.copiedAt(),
                        "places",
                        places(0),
                        "failed",
                        null));
        assertThat(batch(1, 1)).containsAllEntriesOf(Target.values("attempts", 2, "counted", 1, "error", "busy"));
    }

    @Test
    void cancelledWhileItWaited() {
        store.ended(1, 1, 0, "cancelled", "NULL");
        store.order(1, "cancel", 1, "1", "NULL");
        store.order(2, "cancel", 1, "1", "NULL");
        store.sql("UPDATE ingestion SET finished_at = 7001 WHERE sequence = 1");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values("status", "cancelled", "error", null, "cancelled", true));
        assertThat(target.row("SELECT cancelled_at, finished_at FROM ingestion WHERE sequence = 1"))
                .isEqualTo(Target.values("cancelled_at", 7_001, "finished_at", 7_001));
        assertThat(target.rows("SELECT ingestion FROM line WHERE ingestion = 1"))
                .isEmpty();
    }

    @Test
    void whatWasCancelledInFlightEndsWithTheKill() {
        store.ended(1, 1, 0, "completed", "NULL");
        store.dispatch(2, 1, 2, "", "");
        store.result(1, 6, "completed", "NULL");
        store.order(1, "cancel", 2, "1", "NULL");
        copy();

        assertThat(batch(1, 2))
                .containsAllEntriesOf(Target.values(
                        "status",
                        "cancelled",
                        "unknown_outcomes",
                        1,
                        "finished_at",
                        target.copiedAt(),
                        "error",
                        null,
                        "next_attempt_at",
                        null,
                        "places",
                        null,
                        "failed",
                        null,
                        "cancelled",
                        true));
        assertThat(target.rows("SELECT position, status FROM result WHERE ingestion = 1 ORDER BY position"))
                .isEqualTo(List.of(
                        Target.values("position", 6, "status", "completed"),
                        Target.values("position", 7, "status", "cancelled")));
        assertThat(target.row("SELECT outcome, batch_status, batch_end_at, reason FROM dispatch WHERE slot = 2"))
                .isEqualTo(Target.values(
                        "outcome",
                        "unknown",
                        "batch_status",
                        "cancelled",
                        "batch_end_at",
                        target.copiedAt(),
                        "reason",
                        null));
        assertThat(target.row("SELECT finished_at FROM ingestion WHERE sequence = 1"))
                .containsEntry("finished_at", target.copiedAt());
        assertThat(target.row("SELECT retrying FROM gate")).containsEntry("retrying", List.of(0L, 0L, 0L));
    }

    @Test
    void whatWasCancelledInFlightHasFailedIfAnIdHadBefore() {
        store.dispatch(1, 1, 0, "", "");
        store.dispatch(2, 1, 1, "", "");
        store.result(1, 0, "failed", "'gone'");
        store.order(1, "cancel", 2, "1", "NULL");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values(
                        "status", "failed", "error", "id 10: gone", "failed", "id 10: gone", "cancelled", true));
        assertThat(batch(1, 1)).containsAllEntriesOf(Target.values("status", "cancelled"));
        assertThat(target.row("SELECT batch_status, reason FROM dispatch WHERE slot = 1"))
                .isEqualTo(Target.values("batch_status", "failed", "reason", "id 10: gone"));
    }

    @Test
    void whatWasAskedForAgainAfterACancellationIsNotCancelled() {
        store.ended(1, 1, 0, "failed", "'id 10: gone'");
        store.sql("UPDATE dispatch SET retried = 2");
        store.order(1, "cancel", 1, "1", "NULL");
        store.order(2, "retry", 1, "1", "NULL");
        store.dispatch(2, 1, 0, "", "");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(Target.values("status", "triggered", "unknown_outcomes", 1, "counted", 1));
        assertThat(target.row("SELECT finished_at FROM ingestion WHERE sequence = 1"))
                .containsEntry("finished_at", null);
        assertThat(target.rows("SELECT 1 FROM line WHERE ingestion = 1")).isEmpty();
    }

    @Test
    void whatWasCancelledInFlightFinishesNothingThatWasAskedForAgain() {
        store.ended(1, 1, 0, "failed", "'id 10: gone'");
        store.dispatch(2, 1, 1, "", "");
        store.order(1, "cancel", 2, "1", "NULL");
        store.sql("UPDATE dispatch SET retried = 2 WHERE slot = 1");
        store.order(2, "retry", 2, "1", "NULL");
        copy();

        assertThat(batch(1, 0)).containsEntry("status", "triggered");
        assertThat(batch(1, 1)).containsEntry("status", "cancelled");
        assertThat(target.row("SELECT finished_at FROM ingestion WHERE sequence = 1"))
                .containsEntry("finished_at", null);
    }

    @Test
    void nothingIsMadeOfDispatchesWhoseIngestionIsGone() {
        store.ended(1, 4, 0, "completed", "NULL");
        store.dispatch(2, 5, 0, "", "");
        copy();

        assertThat(target.rows("SELECT * FROM batch")).isEmpty();
        assertThat(target.rows("SELECT slot FROM dispatch")).hasSize(2);
    }
}
