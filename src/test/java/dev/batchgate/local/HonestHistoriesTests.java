package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.NothingFailed;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Whatever happens to an honest store, orders, failures, crashes, clocks that are set, changed settings and retention
 * included, the proof
 * accuses nobody, and no two batches leave within an interval.
 */
class HonestHistoriesTests {

    private static final int STEPS = 80;

    @Property
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
        private final List<UUID> known = new ArrayList<>();
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
            switch (random.nextInt(13)) {
                case 0, 1, 2 -> submit();
                case 3, 4, 5 -> take();
                case 6 -> end();
                case 7 -> time.pass(Duration.ofMillis(random.nextInt(20_000)));
                case 8 -> crash();
                case 9, 10, 11 -> order();
                default -> rare();
            }
        }

        private void submit() {
            Priority priority = anyPriority();
            long[] ids = random.longs(1 + random.nextInt(9), 1, 1_000).toArray();
            known.add(queue.add(new Submission(UUID.randomUUID(), priority, Ids.of(ids), 1 + random.nextInt(4), null)));
        }

        private Priority anyPriority() {
            return List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW).get(random.nextInt(3));
        }

        private void take() throws InterruptedException {
            long waiting = queue.state().waiting().values().stream()
                    .mapToLong(what -> what.batches() + what.retrying())
                    .sum();
            if (departing != null
                    || flying.size() >= maxInFlight
                    || waiting == 0
                    || queue.state().paused()) {
                return;
            }
            departing = queue.take();
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
                queue.finish(batch, anyOutcome(batch));
            }
        }

        private Outcome anyOutcome(Batch batch) {
            return switch (random.nextInt(9)) {
                case 0 -> Outcomes.failed(batch, "x");
                case 5 -> partly(batch);
                case 1, 2 -> Outcomes.missed(batch, "x");
                case 3 -> Outcomes.unreachable(batch);
                case 4 -> Outcomes.closed(batch, Duration.ofSeconds(random.nextInt(60)));
                default -> Outcomes.completed(batch);
            };
        }

        /** Of some of the ids, there was no connection to ask for. */
        private Outcome partly(Batch batch) {
            return new Outcome(
                    batch.ids().stream()
                            .map(id -> (random.nextBoolean() ? Outcomes.unreachable(batch) : Outcomes.completed(batch))
                                    .ids()
                                    .get(0))
                            .toList(),
                    Duration.ZERO);
        }

        private void order() {
            if (known.isEmpty()) {
                return;
            }
            UUID id = known.get(random.nextInt(known.size()));
            switch (random.nextInt(6)) {
                case 0 -> queue.orders().cancel(id);
                case 1, 2 -> queue.orders().move(id, anyPriority());
                case 3 -> queue.orders().pause();
                case 4 -> queue.orders().resume();
                default -> retry(id);
            }
        }

        private void retry(UUID id) {
            try {
                queue.orders().retry(id);
            } catch (NothingFailed asOften) {
                // As often as not.
            }
        }

        /** What had been taken may have left just before. */
        private void crash() {
            if (departing != null && random.nextBoolean()) {
                depart();
            }
            departing = null;
            store.kill();
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
                new Retention(store.journal(), time, Duration.ofSeconds(30), cut -> {}).deleteExpired();
            }
        }
    }
}
