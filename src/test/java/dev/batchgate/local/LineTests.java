package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Verdict;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LineTests {

    private static final int MANY = 5_000;
    private static final Pace PACE = new Pace(false, 0, 0, 1, 1, List.of(), 0);

    private final Line line = new Line(
            new Backlog(1, List.of(), 0, 0, 0, 0, List.of(), Map.of(), false), Fairness.STRICT, 10, Ticker.SYSTEM);

    @Test
    void whoAsksWhereItStandsMakesNothingDueForWhoeverChoosesByAnEarlierClock() {
        Tracked ingestion = new Tracked(UUID.randomUUID(), Priority.LOW, Ids.of(1), 1, 1, 1, null);
        line.reserve(1, null);
        line.enter(ingestion);
        line.takeAway(line.choose(at(0)).orElseThrow(), 1, 1);
        Retry retry = new Retry(0, List.of(0), 1, Verdict.Before.NOTHING, new Moment(1, 100));
        ingestion.incomplete(retry, "not yet");
        line.await(ingestion, retry);

        Standing later = Standings.of(ingestion, line, Fairness.STRICT, new Moment(1, 101), PACE, List.of());
        assertThat(later.own()).isOne();
        assertThat(later.waits()).isEmpty();
        assertThat(line.choose(at(99))).isEmpty();
        assertThat(Standings.of(ingestion, line, Fairness.STRICT, new Moment(1, 98), PACE, List.of())
                        .waits())
                .containsExactly(new Standing.Wait(2, Standing.Urgency.OWN));
        assertThat(line.choose(at(100))).isPresent();
    }

    @Test
    void whatComesDueWhileSomebodyAsksIsCountedOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            assertThat(higherWhileAllComesDue()).containsOnly((long) MANY);
        }
    }

    /** What is told to whoever asks and asks again, until what was waiting for its time is chosen from. */
    private static Set<Long> higherWhileAllComesDue() throws Exception {
        Line line = new Line(
                new Backlog(1, List.of(), 0, 0, 0, 0, List.of(), Map.of(), false),
                Fairness.STRICT,
                2 * MANY,
                Ticker.SYSTEM);
        Tracked waiting = new Tracked(
                UUID.randomUUID(),
                Priority.HIGH,
                Ids.of(LongStream.rangeClosed(1, MANY).toArray()),
                1,
                1,
                1,
                null);
        line.reserve(MANY, null);
        line.enter(waiting);
        for (int batch = 0; batch < MANY; batch++) {
            line.takeAway(line.choose(at(0)).orElseThrow(), 1, 1);
            Retry retry = new Retry(batch, List.of(0), 1, Verdict.Before.NOTHING, new Moment(1, 100));
            waiting.incomplete(retry, "not yet");
            line.await(waiting, retry);
        }
        Tracked asking = new Tracked(UUID.randomUUID(), Priority.LOW, Ids.of(1), 1, 2, 2, null);
        line.reserve(1, null);
        line.enter(asking);
        CountDownLatch asked = new CountDownLatch(20);
        AtomicBoolean chosen = new AtomicBoolean();
        CompletableFuture<Set<Long>> told = CompletableFuture.supplyAsync(() -> {
            Set<Long> seen = new HashSet<>();
            while (!chosen.get()) {
                seen.add(Standings.of(asking, line, Fairness.STRICT, new Moment(1, 200), PACE, List.of())
                        .higher());
                asked.countDown();
            }
            return seen;
        });
        asked.await();
        line.choose(at(200));
        chosen.set(true);
        return told.get();
    }

    private static Moment at(long ticks) {
        return new Moment(1, ticks);
    }
}
