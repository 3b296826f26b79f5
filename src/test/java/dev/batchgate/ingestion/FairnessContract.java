package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that take turns and work that ages, on a moved clock, whatever the queue keeps its batches in. */
public abstract class FairnessContract {

    private static final String TURNS = "fair-share=true";

    protected abstract InterleavingContract.Stage stage();

    private InterleavingContract.Stage stage;

    @BeforeEach
    void aFreshStage() {
        stage = stage();
    }

    /** Whatever happened in a test, the ledger proves it. */
    @AfterEach
    void provenByTheLedger() throws Exception {
        assertThat(stage.verify()).contains("violations   0");
        stage.close();
    }

    private BatchQueue open(String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.add("interval=1s");
        return stage.open(all.toArray(String[]::new)).queue();
    }

    /** So many batches of one id, the same in all of them. */
    private static UUID add(BatchQueue queue, @Nullable String owner, Priority priority, long id, int batches) {
        return queue.add(new Submission(
                UUID.randomUUID(),
                priority,
                Ids.of(LongStream.generate(() -> id).limit(batches).toArray()),
                1,
                null,
                null,
                new Origin(owner, null, null)));
    }

    /** The ids of the batches that go next. */
    private List<Long> next(BatchQueue queue, int batches) throws Exception {
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            Batch batch = queue.take();
            queue.departed(batch);
            queue.finish(batch, Outcomes.completed(batch));
            ids.addAll(batch.ids());
        }
        return ids;
    }

    @Test
    void withoutItWhoeverWasAcceptedFirstGoesFirst() throws Exception {
        BatchQueue queue = open();
        add(queue, "ada", Priority.MEDIUM, 1, 3);
        add(queue, "bob", Priority.MEDIUM, 2, 2);
        stage.pass(Duration.ofDays(1));

        assertThat(next(queue, 5)).containsExactly(1L, 1L, 1L, 2L, 2L);
    }

    @Test
    void keysTakeTurnsWithinAPriority() throws Exception {
        BatchQueue queue = open(TURNS);
        add(queue, "ada", Priority.MEDIUM, 1, 4);
        add(queue, "ada", Priority.MEDIUM, 11, 1);
        add(queue, "bob", Priority.MEDIUM, 2, 2);
        add(queue, null, Priority.MEDIUM, 3, 1);
        add(queue, null, Priority.MEDIUM, 33, 1);
        add(queue, "bob", Priority.HIGH, 22, 2);
        add(queue, "eve", Priority.LOW, 4, 1);

        assertThat(next(queue, 12)).containsExactly(22L, 22L, 1L, 2L, 3L, 1L, 2L, 33L, 1L, 1L, 11L, 4L);
    }

    @Test
    void whoHandsInLaterDoesNotWaitForAllThatIsThere() throws Exception {
        BatchQueue queue = open(TURNS);
        add(queue, "ada", Priority.LOW, 1, 100);
        assertThat(next(queue, 3)).containsExactly(1L, 1L, 1L);
        UUID late = add(queue, "bob", Priority.LOW, 2, 2);

        Forecast forecast = Forecast.of(queue.standing(late).orElseThrow()).orElseThrow();
        assertThat(forecast.position()).isZero();
        assertThat(next(queue, 5)).containsExactly(2L, 1L, 2L, 1L, 1L);
    }

    @Test
    void whoseTurnItIsIsKnownAfterARestartAndATimeWithoutTurns() throws Exception {
        BatchQueue before = open(TURNS);
        add(before, "ada", Priority.LOW, 1, 4);
        add(before, "bob", Priority.LOW, 2, 4);
        assertThat(next(before, 1)).containsExactly(1L);
        stage.crash();

        BatchQueue strict = open();
        assertThat(next(strict, 1)).containsExactly(1L);
        stage.crash();

        assertThat(next(open(TURNS), 4)).containsExactly(2L, 1L, 2L, 1L);
    }

    @Test
    void whatHasWaitedForLongIsLiftedByOnePriority() throws Exception {
        BatchQueue queue = open("aging=10s");
        add(queue, null, Priority.LOW, 1, 1);
        stage.pass(Duration.ofSeconds(10));
        add(queue, null, Priority.LOW, 2, 1);
        add(queue, null, Priority.MEDIUM, 3, 1);
        add(queue, null, Priority.HIGH, 4, 1);

        assertThat(next(queue, 4)).containsExactly(4L, 1L, 3L, 2L);
    }

    @Test
    void itIsNotLiftedByTwo() throws Exception {
        BatchQueue queue = open("aging=10s");
        add(queue, null, Priority.LOW, 1, 1);
        stage.pass(Duration.ofDays(1));
        add(queue, null, Priority.HIGH, 2, 1);

        assertThat(next(queue, 2)).containsExactly(2L, 1L);
    }

    @Test
    void theForecastKnowsThatItWillBeLifted() throws Exception {
        BatchQueue queue = open("aging=10s");
        add(queue, null, Priority.MEDIUM, 1, 1);
        UUID low = add(queue, null, Priority.LOW, 2, 1);
        add(queue, null, Priority.MEDIUM, 3, 6);
        stage.pass(Duration.ofSeconds(6));
        UUID younger = add(queue, null, Priority.MEDIUM, 4, 1);

        // Seven slots from now, when it is eleven seconds old, nobody goes before it but who has been lifted to HIGH.
        assertThat(Forecast.of(queue.standing(low).orElseThrow()).orElseThrow().position())
                .isEqualTo(7);
        assertThat(Forecast.of(queue.standing(younger).orElseThrow())
                        .orElseThrow()
                        .position())
                .isEqualTo(8);
        assertThat(next(queue, 9)).containsExactly(1L, 3L, 3L, 3L, 3L, 3L, 3L, 2L, 4L);
    }

    @Test
    void aHurryIsJudgedByTurns() {
        BatchQueue queue = open(TURNS);
        add(queue, "ada", Priority.MEDIUM, 1, 100);
        Submission hurried = new Submission(
                UUID.randomUUID(),
                Priority.MEDIUM,
                Ids.of(2, 2),
                1,
                null,
                Forecast.of(queue.standing(any("bob"))).orElseThrow().completionAt(),
                new Origin("bob", null, null));

        assertThat(queue.add(hurried)).isEqualTo(hurried.id());
    }

    private static Submission any(String owner) {
        return new Submission(
                UUID.randomUUID(), Priority.MEDIUM, Ids.of(2, 2), 1, null, null, new Origin(owner, null, null));
    }
}
