package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever happens to an honest store, crashes, clocks that are set, changed settings and retention included, the proof
 * accuses nobody, and no two batches leave within an interval.
 */
class HonestHistoriesTests {

    private static final int STEPS = 60;

    @Property(tries = 100)
    void nobodyIsAccusedAndNothingIsCrowded(@ForAll Random random) throws Exception {
        try (TestStore store = new TestStore()) {
            History history = new History(store, random);
            for (int step = 0; step < STEPS; step++) {
                history.step();
            }
            assertThat(store.verify()).contains("violations   0");
            assertThat(history.crowded).isEmpty();
        }
    }

    private static final class History {

        private final TestStore store;
        private final Random random;
        private final MovedTime time = new MovedTime();
        private final List<Batch> flying = new ArrayList<>();
        private final List<String> crowded = new ArrayList<>();
        private LocalQueue queue;
        private Duration interval;
        private int maxInFlight;
        private int lost;
        private Batch departing;
        private Duration lastDeparture;

        History(TestStore store, Random random) {
            this.store = store;
            this.random = random;
            time.pass(Duration.ofDays(1));
            open();
        }

        private void open() {
            interval = Duration.ofSeconds(1 + random.nextInt(9));
            maxInFlight = 1 + random.nextInt(3);
            queue = store.open(time, "interval=" + interval.toSeconds() + "s", "max-in-flight=" + maxInFlight);
        }

        void step() throws Exception {
            switch (random.nextInt(10)) {
                case 0, 1, 2 -> submit();
                case 3, 4, 5 -> take();
                case 6 -> end();
                case 7 -> time.pass(Duration.ofMillis(random.nextInt(20_000)));
                case 8 -> crash();
                default -> rare();
            }
        }

        private void submit() {
            Priority priority =
                    List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW).get(random.nextInt(3));
            long[] ids = random.longs(1 + random.nextInt(9), 1, 1_000).toArray();
            queue.add(new Submission(UUID.randomUUID(), priority, Ids.of(ids), 1 + random.nextInt(4), null));
        }

        private void take() throws InterruptedException {
            long waiting = queue.state().waiting().values().stream()
                    .mapToLong(QueueState.Waiting::batches)
                    .sum();
            if (departing != null || flying.size() >= maxInFlight || waiting + lost == 0) {
                return;
            }
            departing = queue.take();
            lost = Math.max(0, lost - 1);
            flying.add(departing);
            time.pass(Duration.ofMillis(random.nextInt(4_000)));
            if (random.nextInt(4) > 0) {
                depart();
            }
        }

        private void depart() {
            if (lastDeparture != null && time.sinceStart().minus(lastDeparture).compareTo(interval) < 0) {
                crowded.add("%s after %s".formatted(time.sinceStart(), lastDeparture));
            }
            lastDeparture = time.sinceStart();
            queue.departed(departing);
            departing = null;
        }

        private void end() {
            if (departing != null) {
                depart();
            }
            if (!flying.isEmpty()) {
                Batch batch = flying.remove(random.nextInt(flying.size()));
                queue.finish(
                        batch, random.nextInt(4) == 0 ? new Outcome.Failed("x") : new Outcome.Completed(List.of()));
            }
        }

        /** What had been taken may have left just before. */
        private void crash() {
            if (departing != null && random.nextBoolean()) {
                depart();
            }
            departing = null;
            store.kill();
            lost += flying.size();
            flying.clear();
            if (random.nextInt(4) == 0) {
                time.moveToAnotherMachine(Duration.ofSeconds(random.nextInt(1_000)));
            }
            open();
        }

        private void rare() {
            if (random.nextBoolean()) {
                time.setWallClockWrongBy(Duration.ofSeconds(random.nextInt(100_000) - 50_000L));
            } else {
                new Retention(store.journal(), time, Duration.ofSeconds(30)).deleteExpired();
            }
        }
    }
}
