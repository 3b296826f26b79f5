package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Verdict;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class TrackedTests {

    private static final int BATCHES = 5;
    private static final int STEPS = 60;

    /** What is known without reading the states is what they come to. */
    @Test
    void itCountsAsItsStatesDo() {
        for (int seed = 0; seed < 300; seed++) {
            AnyCourse course = new AnyCourse(new Random(seed));
            for (int step = 0; step < STEPS; step++) {
                course.step();
                Ingestion seen = course.tracked.snapshot();
                Ingestion counted = Ingestion.of(
                        seen.id(),
                        seen.priority(),
                        seen.createdAt(),
                        seen.ids(),
                        seen.batchSize(),
                        seen.owner(),
                        course.orders,
                        seen.states());
                assertThat(seen).as("seed %d, step %d", seed, step).isEqualTo(counted);
                assertThat(course.tracked.outline()).isEqualTo(counted.outline());
            }
        }
    }

    /** Anything that may happen to an ingestion, in any order that is possible. */
    private static final class AnyCourse {

        private final Random random;
        private final Tracked tracked = new Tracked(
                UUID.randomUUID(),
                Priority.LOW,
                Ids.of(LongStream.range(0, BATCHES).toArray()),
                1,
                1,
                1,
                null);
        private int begun;
        private int orders;
        private boolean cancelled;
        private long micros = 1;

        AnyCourse(Random random) {
            this.random = random;
        }

        void step() {
            micros++;
            switch (random.nextInt(10)) {
                case 0 -> move();
                case 1 -> cancelOnceInAWhile();
                case 2, 3, 4 -> begin();
                default -> happens(random.nextInt(BATCHES));
            }
        }

        private void move() {
            tracked.move(Priority.HIGH);
            orders++;
        }

        private void cancelOnceInAWhile() {
            if (random.nextInt(8) == 0) {
                tracked.cancelled(micros);
                cancelled = true;
                orders++;
            }
        }

        private void begin() {
            if (begun < BATCHES && !cancelled) {
                tracked.dispatched(begun++, micros);
            }
        }

        private void happens(int batch) {
            BatchState state = tracked.snapshot().state(batch);
            Retry retry = new Retry(batch, List.of(), 0, Verdict.Before.NOTHING, new Moment(micros, micros));
            if (state.isWaiting() && cancelled) {
                tracked.ended(batch, BatchStatus.CANCELLED, null, micros);
            } else if (state.isWaiting()) {
                tracked.dispatched(batch, micros);
            } else if (state.status() == BatchStatus.TRIGGERED) {
                switch (random.nextInt(4)) {
                    case 0 -> tracked.incomplete(retry, "why");
                    case 1 -> tracked.outcomeLost(retry);
                    case 2 -> tracked.ended(batch, BatchStatus.FAILED, "why", micros);
                    default -> tracked.ended(batch, BatchStatus.COMPLETED, null, micros);
                }
            } else if (state.status() == BatchStatus.FAILED && batch < begun) {
                tracked.retried(retry);
            }
        }
    }
}
