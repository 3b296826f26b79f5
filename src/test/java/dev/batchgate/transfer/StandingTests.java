package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is in line after a copy, and how the gate stands. */
class StandingTests {

    private static final long HOUR = 3_600_000_000L;

    private final Target target = Target.create();
    private MadeStore store;

    @BeforeEach
    void makeStore(@TempDir Path folder) {
        store = MadeStore.in(folder);
        store.ingestion(1, "HIGH", 3, 8);
        store.ingestion(2, "MEDIUM", 3, 8);
        store.ingestion(3, "LOW", 3, 8);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void copy() {
        target.take(store.folder());
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
                        Target.values("rank", 2, "ingestion", 1, "next", 0, "batches", 3),
                        Target.values("rank", 1, "ingestion", 2, "next", 0, "batches", 3),
                        Target.values("rank", 1, "ingestion", 3, "next", 2, "batches", 3)));
        assertThat(target.row("SELECT batches, sequence, created_at FROM acceptance"))
                .isEqualTo(Target.values("batches", List.of(0L, 4L, 3L), "sequence", 3, "created_at", 3_000));
        assertThat(target.row("SELECT retrying, control, slot FROM gate"))
                .isEqualTo(Target.values("retrying", List.of(0L, 1L, 0L), "control", 3, "slot", 2));
        assertThat(target.row("SELECT rank FROM batch WHERE ingestion = 3 AND batch = 1"))
                .containsEntry("rank", 1L);
        assertThat(target.rows("SELECT priority, rank FROM ingestion ORDER BY sequence"))
                .isEqualTo(List.of(
                        Target.values("priority", "HIGH", "rank", 2),
                        Target.values("priority", "MEDIUM", "rank", 1),
                        Target.values("priority", "LOW", "rank", 1)));
    }

    @Test
    void eachOwnersShareIsWhatWaitsOfIt() {
        store.sql("UPDATE ingestion SET owner = 'acme' WHERE sequence IN (1, 3)");
        store.ended(1, 1, 0, "completed", "NULL");
        store.dispatch(2, 3, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'busy', 2001, 2001");
        copy();

        assertThat(target.row(
                        "SELECT a.batches - e.batches AS waiting FROM owner_arrival a JOIN owner_exit e USING (owner)"))
                .containsEntry("waiting", 5L);
        assertThat(target.row("SELECT count(*) AS owners FROM owner_arrival")).containsEntry("owners", 1L);
    }

    @Test
    void theGateStaysClosedAsLongAsTheUpstreamWants() {
        long until = Target.now() + HOUR;
        String columns = "outcome, batch_status, ended_at, batch_end_at, hold_until, hold_ticks, hold_micros";
        String held = "'completed', 'completed', 1, 1, %d, 1, %d";
        store.dispatch(1, 1, 0, columns, held.formatted(until, 2 * HOUR));
        store.dispatch(2, 1, 1, columns, held.formatted(until - HOUR / 2, HOUR));
        store.dispatch(3, 1, 2, columns, held.formatted(5, 4));
        copy();

        assertThat(target.row("SELECT closed_until FROM gate")).containsEntry("closed_until", until);
        assertThat(target.row("SELECT hold_until, hold_micros FROM dispatch WHERE slot = 3"))
                .isEqualTo(Target.values("hold_until", 5, "hold_micros", 4));
    }

    @Test
    void theGateStaysClosedNoLongerThanTheUpstreamEverWanted() {
        store.dispatch(
                1,
                1,
                0,
                "outcome, batch_status, ended_at, batch_end_at, hold_until, hold_ticks, hold_micros",
                "'completed', 'completed', 1, 1, %d, 1, %d".formatted(Target.now() + 24 * HOUR, HOUR));
        copy();

        assertThat(target.row("SELECT closed_until FROM gate")).containsEntry("closed_until", target.copiedAt() + HOUR);
        assertThat(target.row("SELECT hold_until, hold_micros FROM dispatch"))
                .isEqualTo(Target.values("hold_until", target.copiedAt() + HOUR, "hold_micros", HOUR));
    }

    @Test
    void theGateIsPausedIfThatWasTheLastWord() {
        store.order(1, "pause", 0, "NULL", "NULL");
        store.order(2, "resume", 0, "NULL", "NULL");
        store.order(3, "pause", 0, "NULL", "NULL");
        store.order(4, "move", 0, "1", "'LOW'");
        copy();

        assertThat(target.row("SELECT paused, control, slot, left_at, closed_until, unreachable, trouble FROM gate"))
                .isEqualTo(Target.values(
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
}
