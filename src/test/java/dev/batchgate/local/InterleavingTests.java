package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.NothingFailed;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Submission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Submissions, dispatches, failures, cancellations, moves, retries, pauses and crashes in any order, against a model
 * that knows nothing of cursors, journals and places in line: every slot goes to what the model says, every slot is one
 * call, nothing is sent after it was cancelled, and in the end nothing is forgotten.
 */
class InterleavingTests {

    private static final int STEPS = 70;

    @Property(tries = 150)
    void whateverComesInWhateverOrderTheModelAgrees(@ForAll Random random) throws Exception {
        try (TestStore store = new TestStore()) {
            World world = new World(store, random);
            for (int step = 0; step < STEPS; step++) {
                world.step();
                world.compareOne();
            }
            world.finishEverything();
            assertThat(store.verify()).contains("violations   0", "dispatches   " + world.dispatches());
        }
    }

    private static final class World {

        private static final int MAX_ATTEMPTS = 3;
        private static final int DOWN_AFTER = 3;
        private static final Duration BACKOFF = Duration.ofSeconds(4);
        private static final String[] SETTINGS = {
            "interval=1s",
            "upstream.max-attempts=" + MAX_ATTEMPTS,
            "upstream.backoff=" + BACKOFF,
            "upstream.down-after=" + DOWN_AFTER
        };

        private final TestStore store;
        private final Random random;
        private final MovedTime time = new MovedTime();
        private final Model model = new Model(MAX_ATTEMPTS, BACKOFF, DOWN_AFTER);
        private final List<Batch> flying = new ArrayList<>();
        private final int maxInFlight;
        private LocalQueue queue;
        private int calls;

        World(TestStore store, Random random) {
            this.store = store;
            this.random = random;
            this.maxInFlight = 1 + random.nextInt(2);
            open();
        }

        private void open() {
            String[] settings = Arrays.copyOf(SETTINGS, SETTINGS.length + 1);
            settings[SETTINGS.length] = "max-in-flight=" + maxInFlight;
            queue = store.open(time, settings);
        }

        String dispatches() {
            return calls == 0 ? "0" : "%d, slot 1 to %d".formatted(calls, calls);
        }

        void step() throws Exception {
            switch (random.nextInt(20)) {
                case 0, 1, 2 -> submit();
                case 3, 4, 5, 6, 7 -> take();
                case 8, 9, 10, 11 -> end();
                case 12 -> time.pass(Duration.ofMillis(random.nextInt(9_000)));
                case 13, 14 -> cancel();
                case 15 -> move();
                case 16, 17 -> retry();
                case 18 -> pauseOrResume();
                default -> crash();
            }
        }

        private void submit() {
            long[] ids = random.longs(1 + random.nextInt(9), 1, 6).toArray();
            Priority priority = anyPriority();
            int batchSize = 1 + random.nextInt(4);
            UUID id = queue.add(new Submission(UUID.randomUUID(), priority, Ids.of(ids), batchSize, null));
            model.submitted(id, priority, ids, batchSize);
        }

        private void take() throws InterruptedException {
            if (model.paused || flying.size() >= maxInFlight || !model.anythingWaits()) {
                return;
            }
            Batch batch = queue.take();
            calls++;
            model.taken(batch, now());
            flying.add(batch);
            queue.departed(batch);
        }

        private void end() {
            if (flying.isEmpty()) {
                return;
            }
            Batch batch = flying.remove(random.nextInt(flying.size()));
            Outcome outcome = anyOutcome(batch);
            queue.finish(batch, outcome);
            model.ended(batch, outcome, now());
        }

        private Outcome anyOutcome(Batch batch) {
            if (random.nextInt(5) == 0) {
                return Outcome.ofAll(batch, new IdOutcome.Missed("no connection", null, false));
            }
            List<IdOutcome> ids = batch.ids().stream().map(id -> anyOutcome()).toList();
            return new Outcome(ids, Duration.ofSeconds(random.nextInt(6) == 0 ? random.nextInt(20) : 0));
        }

        private IdOutcome anyOutcome() {
            return switch (random.nextInt(5)) {
                case 0 -> new IdOutcome.Failed("gone", 410);
                case 1, 2 -> new IdOutcome.Missed("busy", 503, true);
                default -> new IdOutcome.Fetched(Data.json("{\"n\":" + random.nextInt(100) + "}"));
            };
        }

        private void cancel() {
            model.any(random).ifPresent(id -> {
                assertThat(queue.orders().cancel(id)).isPresent();
                model.cancelled(id);
            });
        }

        private void move() {
            model.any(random).ifPresent(id -> {
                Priority to = anyPriority();
                assertThat(queue.orders().move(id, to)).isPresent();
                model.moved(id, to);
            });
        }

        private void retry() {
            model.any(random).ifPresent(id -> {
                if (model.retried(id, now())) {
                    assertThat(queue.orders().retry(id)).isPresent();
                } else {
                    assertThatThrownBy(() -> queue.orders().retry(id)).isInstanceOf(NothingFailed.class);
                }
            });
        }

        private void pauseOrResume() {
            model.paused = !model.paused;
            if (model.paused) {
                queue.orders().pause();
            } else {
                queue.orders().resume();
            }
        }

        private void crash() {
            store.kill();
            model.crashed(flying, now());
            flying.clear();
            open();
            assertThat(queue.state().paused()).isEqualTo(model.paused);
        }

        void compareOne() {
            model.any(random).ifPresent(this::compare);
        }

        private void compare(UUID id) {
            Ingestion seen = queue.find(id).orElseThrow();
            assertThat(seen.priority()).isEqualTo(model.priority(id));
            assertThat(seen.states().stream().map(state -> state.status()).toList())
                    .isEqualTo(model.statuses(id));
            assertThat(seen.states().stream().map(state -> state.attempts()).toList())
                    .isEqualTo(model.attempts(id));
            SortedMap<Integer, String> results = new TreeMap<>();
            store.results()
                    .read(id, 0)
                    .orElseThrow()
                    .byPosition()
                    .forEach((position, outcome) -> results.put(position, Model.word(outcome)));
            assertThat(results).isEqualTo(model.results(id));
        }

        void finishEverything() throws InterruptedException {
            model.paused = false;
            queue.orders().resume();
            while (model.anythingWaits() || !flying.isEmpty()) {
                if (flying.size() == maxInFlight || !model.anythingWaits()) {
                    end();
                } else {
                    take();
                }
            }
            model.all().forEach(this::compare);
            assertThat(model.all())
                    .allSatisfy(id -> assertThat(model.statuses(id)).allMatch(BatchStatus::isEnd));
            assertThat(queue.state().waiting().values())
                    .allMatch(waiting -> waiting.batches() == 0 && waiting.retrying() == 0 && waiting.oldest() == null);
        }

        private Priority anyPriority() {
            return List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW).get(random.nextInt(3));
        }

        private long now() {
            return time.nanos();
        }
    }
}
