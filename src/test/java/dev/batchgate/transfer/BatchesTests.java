package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
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

    /** The gate's {@code left_at} is when the copy began, wherever anything was dispatched. */
    private long copiedAt() {
        return (long) target.row("SELECT left_at FROM gate").get("left_at");
    }

    private void copy() {
        target.take(store.folder());
    }

    private Map<String, Object> values(Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            values.put(
                    (String) namesAndValues[i], value instanceof Integer number ? (Object) number.longValue() : value);
        }
        return values;
    }

    private static List<Integer> places(Integer... places) {
        return Arrays.asList(places);
    }

    @Test
    void completedAtOnce() {
        store.ended(1, 2, 0, "completed", "NULL");
        copy();

        assertThat(batch(2, 0))
                .isEqualTo(values(
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
                .containsAllEntriesOf(values(
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
        long retryAt = now() + HOUR;
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
                .containsAllEntriesOf(values(
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
        long ended = now() + 24 * HOUR;
        store.dispatch(
                1,
                1,
                0,
                "outcome, reason, ended_at, retry_at",
                "'incomplete', 'busy', %d, %d".formatted(ended, ended + HOUR));
        store.dispatch(2, 1, 1, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 1001, 1500");
        copy();

        assertThat(batch(1, 0)).containsEntry("next_attempt_at", copiedAt() + HOUR);
        assertThat(batch(1, 1)).containsEntry("next_attempt_at", copiedAt());
    }

    @Test
    void whatWasInFlightAtAKillWaitsAtOnce() {
        store.dispatch(1, 3, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 1001, 1500");
        store.dispatch(2, 3, 0, "", "");
        copy();

        assertThat(batch(3, 0))
                .containsAllEntriesOf(values(
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
                        copiedAt(),
                        "places",
                        places(0, 1, 2)));
        assertThat(target.row("SELECT outcome, batch_status, batch_end_at FROM dispatch WHERE slot = 2"))
                .isEqualTo(values("outcome", "unknown", "batch_status", null, "batch_end_at", null));
    }

    @Test
    void whatAnEarlierKillHidCountsToo() {
        store.dispatch(1, 3, 0, "outcome", "'unknown'");
        store.dispatch(2, 3, 0, "outcome", "'unknown'");
        store.ended(3, 3, 0, "completed", "NULL");
        store.dispatch(4, 3, 1, "outcome", "'unknown'");
        copy();

        assertThat(batch(3, 0)).containsAllEntriesOf(values("status", "completed", "unknown_outcomes", 2));
        assertThat(batch(3, 1))
                .containsAllEntriesOf(
                        values("status", "triggered", "unknown_outcomes", 1, "next_attempt_at", copiedAt()));
    }

    @Test
    void unreachableCostsNoAttempt() {
        store.dispatch(1, 1, 0, "outcome, reason, ended_at, retry_at", "'unreachable', 'refused', 1001, 1001");
        store.dispatch(2, 1, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 2001, 2001");
        store.dispatch(3, 1, 0, "outcome, reason, ended_at, retry_at", "'unreachable', 'refused', 3001, 3001");
        copy();

        assertThat(batch(1, 0)).containsAllEntriesOf(values("attempts", 3, "counted", 1, "error", "refused"));
    }

    @Test
    void failedSaysWhyAndKeepsWhatItsIdsCameTo() {
        store.ended(1, 1, 0, "failed", "'ids 10, 12: gone'");
        store.result(1, 0, "failed", "'gone'");
        store.result(1, 1, "cancelled", "NULL");
        store.result(1, 2, "failed", "'gone'");
        copy();

        assertThat(batch(1, 0))
                .containsAllEntriesOf(values(
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
                .containsAllEntriesOf(values(
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
                        copiedAt(),
                        "places",
                        places(0),
                        "failed",
                        null));
        assertThat(batch(1, 1)).containsAllEntriesOf(values("attempts", 2, "counted", 1, "error", "busy"));
    }

    @Test
    void cancelledWhileItWaited() {
        store.ended(1, 1, 0, "cancelled", "NULL");
        store.order(1, "cancel", 1, "1", "NULL");
        store.order(2, "cancel", 1, "1", "NULL");
        store.sql("UPDATE ingestion SET finished_at = 7001 WHERE sequence = 1");
        copy();

        assertThat(batch(1, 0)).containsAllEntriesOf(values("status", "cancelled", "error", null, "cancelled", true));
        assertThat(target.row("SELECT cancelled_at, finished_at FROM ingestion WHERE sequence = 1"))
                .isEqualTo(values("cancelled_at", 7_001, "finished_at", 7_001));
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
                .containsAllEntriesOf(values(
                        "status",
                        "cancelled",
                        "unknown_outcomes",
                        1,
                        "finished_at",
                        copiedAt(),
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
                        values("position", 6, "status", "completed"), values("position", 7, "status", "cancelled")));
        assertThat(target.row("SELECT outcome, batch_status, batch_end_at, reason FROM dispatch WHERE slot = 2"))
                .isEqualTo(values(
                        "outcome", "unknown", "batch_status", "cancelled", "batch_end_at", copiedAt(), "reason", null));
        assertThat(target.row("SELECT finished_at FROM ingestion WHERE sequence = 1"))
                .containsEntry("finished_at", copiedAt());
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
                .containsAllEntriesOf(
                        values("status", "failed", "error", "id 10: gone", "failed", "id 10: gone", "cancelled", true));
        assertThat(batch(1, 1)).containsAllEntriesOf(values("status", "cancelled"));
        assertThat(target.row("SELECT batch_status, reason FROM dispatch WHERE slot = 1"))
                .isEqualTo(values("batch_status", "failed", "reason", "id 10: gone"));
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
                .containsAllEntriesOf(values("status", "triggered", "unknown_outcomes", 1, "counted", 1));
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

    @Test
    void movedIsInLineWhereItWasMovedTo() {
        store.ended(1, 3, 0, "completed", "NULL");
        store.dispatch(2, 3, 1, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 2001, 2001");
        store.order(1, "move", 2, "3", "'HIGH'");
        store.order(2, "move", 2, "1", "'LOW'");
        store.order(3, "move", 2, "3", "'MEDIUM'");
        copy();

        assertThat(target.rows("SELECT rank, ingestion, next, batches FROM line ORDER BY ingestion"))
                .isEqualTo(List.of(
                        values("rank", 2, "ingestion", 1, "next", 0, "batches", 3),
                        values("rank", 1, "ingestion", 2, "next", 0, "batches", 3),
                        values("rank", 1, "ingestion", 3, "next", 2, "batches", 3)));
        assertThat(target.row("SELECT batches, sequence, created_at FROM acceptance"))
                .isEqualTo(values("batches", List.of(0L, 4L, 3L), "sequence", 3, "created_at", 3_000));
        assertThat(target.row("SELECT retrying, control, slot FROM gate"))
                .isEqualTo(values("retrying", List.of(0L, 1L, 0L), "control", 3, "slot", 2));
        assertThat(batch(3, 1)).containsEntry("rank", 1L);
        assertThat(target.rows("SELECT priority, rank FROM ingestion ORDER BY sequence"))
                .isEqualTo(List.of(
                        values("priority", "HIGH", "rank", 2),
                        values("priority", "MEDIUM", "rank", 1),
                        values("priority", "LOW", "rank", 1)));
    }

    @Test
    void theGateStaysClosedAsLongAsTheUpstreamWants() {
        long until = now() + HOUR;
        String columns = "outcome, batch_status, ended_at, batch_end_at, hold_until, hold_ticks, hold_micros";
        String values = "'completed', 'completed', 1, 1, %d, 1, %d";
        store.dispatch(1, 1, 0, columns, values.formatted(until, 2 * HOUR));
        store.dispatch(2, 1, 1, columns, values.formatted(until - HOUR / 2, HOUR));
        store.dispatch(3, 1, 2, columns, values.formatted(5, 4));
        copy();

        assertThat(target.row("SELECT closed_until FROM gate")).containsEntry("closed_until", until);
        assertThat(target.row("SELECT hold_until, hold_micros FROM dispatch WHERE slot = 3"))
                .isEqualTo(values("hold_until", 5, "hold_micros", 4));
    }

    @Test
    void theGateStaysClosedNoLongerThanTheUpstreamEverWanted() {
        store.dispatch(
                1,
                1,
                0,
                "outcome, batch_status, ended_at, batch_end_at, hold_until, hold_ticks, hold_micros",
                "'completed', 'completed', 1, 1, %d, 1, %d".formatted(now() + 24 * HOUR, HOUR));
        copy();

        assertThat(target.row("SELECT closed_until FROM gate")).containsEntry("closed_until", copiedAt() + HOUR);
        assertThat(target.row("SELECT hold_until, hold_micros FROM dispatch"))
                .isEqualTo(values("hold_until", copiedAt() + HOUR, "hold_micros", HOUR));
    }

    @Test
    void theGateIsPausedIfThatWasTheLastWord() {
        store.order(1, "pause", 0, "NULL", "NULL");
        store.order(2, "resume", 0, "NULL", "NULL");
        store.order(3, "pause", 0, "NULL", "NULL");
        store.order(4, "move", 0, "1", "'LOW'");
        copy();

        assertThat(target.row("SELECT paused, control, slot, left_at, closed_until, unreachable, trouble FROM gate"))
                .isEqualTo(values(
                        "paused",
                        true,
                        "control",
                        4,
                        "slot",
                        0,
                        "left_at",
                        0,
                        "closed_until",
                        0,
                        "unreachable",
                        0,
                        "trouble",
                        null));
    }

    @Test
    void theGateIsOpenOnceItWasResumed() {
        store.order(1, "pause", 0, "NULL", "NULL");
        store.order(2, "resume", 0, "NULL", "NULL");
        copy();

        assertThat(target.row("SELECT paused FROM gate")).containsEntry("paused", false);
    }

    private static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }
}
