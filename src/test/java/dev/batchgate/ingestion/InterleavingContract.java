package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Submissions, dispatches, failures, cancellations, moves, retries, pauses and crashes in any order, against a model
 * that knows nothing of cursors, journals and places in line: every slot goes to what the model says, every slot is one
 * call, nothing is sent after it was cancelled, and in the end nothing is forgotten.
 */
public abstract class InterleavingContract {

    private static final int STEPS = 70;

    /** Where it happens: a store, on a clock that moves only while somebody waits for it. */
    public interface Stage extends AutoCloseable {

        /** A queue over the store, or one that hands out to several; settings are written {@code name=value}. */
        OrdersContract.Desk open(String... settings);

        /** Ends the processes that have the store open, and lets pass what has to before others go on with what they had. */
        void crash();

        /** Whether a crash makes them forget that the upstream is down. */
        boolean forgets();

        void pass(Duration time);

        /** Nanoseconds. */
        long now();

        /** What the ledger's check prints. */
        String verify();

        @Override
        void close();
    }

    protected abstract Stage stage(Random random);

    /** Runs one history. */
    protected final void play(Random random) throws Exception {
        try (Stage stage = stage(random)) {
            World world = new World(stage, random);
            for (int step = 0; step < STEPS; step++) {
                world.step();
                world.compareOne();
                world.compareRevisions();
                world.compareForecasts();
                world.compareListing();
                world.compareProspectNowAndThen();
            }
            world.finishEverything();
            assertThat(stage.verify()).contains("violations   0", "dispatches   " + world.dispatches());
        }
    }

    private static final class World {

        private static final int MAX_ATTEMPTS = 3;
        private static final IdOutcome NO_CONNECTION = new IdOutcome.Missed("no connection", null, false);
        private static final Duration BACKOFF = Duration.ofSeconds(4);
        private static final List<String> SETTINGS =
                List.of("interval=1s", "upstream.max-attempts=" + MAX_ATTEMPTS, "upstream.backoff=" + BACKOFF);
        private static final List<String> OWNERS = List.of("", "ada", "bob", "eve");

        private final Stage stage;
        private final Random random;
        private final Model model;
        private final List<Batch> flying = new ArrayList<>();
        private final Map<UUID, Told> lastSeen = new HashMap<>();
        private final int maxInFlight;
        private final int downAfter;
        private final boolean isFair;
        private BatchQueue queue;
        private Orders orders;
        private Results results;
        private Listing listing;
        private int calls;

        World(Stage stage, Random random) {
            this.stage = stage;
            this.random = random;
            this.maxInFlight = 1 + random.nextInt(2);
            this.downAfter = 1 + random.nextInt(3);
            this.isFair = random.nextBoolean();
            this.model = new Model(MAX_ATTEMPTS, BACKOFF, downAfter);
            open();
        }

        private void open() {
            List<String> settings = new ArrayList<>(SETTINGS);
            settings.add("max-in-flight=" + maxInFlight);
            settings.add("upstream.down-after=" + downAfter);
            settings.addAll(anyFairness());
            model.fairness = Queues.properties(settings.toArray(String[]::new)).fairness();
            OrdersContract.Desk desk = stage.open(settings.toArray(String[]::new));
            queue = desk.queue();
            orders = desk.orders();
            results = desk.results();
            listing = desk.listing();
        }

        /** Another one with each start, but for half of the histories none at all. */
        private List<String> anyFairness() {
            List<String> settings = new ArrayList<>();
            if (isFair && random.nextInt(4) > 0) {
                settings.add("fair-share=true");
            }
            if (isFair && random.nextInt(3) > 0) {
                settings.add("aging=" + (1 + random.nextInt(20)) + "s");
            }
            return settings;
        }

        String dispatches() {
            return calls == 0 ? "0" : "%d, slot 1 to %d".formatted(calls, calls);
        }

        void step() throws Exception {
            switch (random.nextInt(20)) {
                case 0, 1, 2 -> submit();
                case 3, 4, 5, 6, 7 -> take();
                case 8, 9, 10, 11 -> end();
                case 12 -> stage.pass(Duration.ofMillis(random.nextInt(9_000)));
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
            String owner = anyOwner();
            Submission submission = new Submission(
                    UUID.randomUUID(), priority, Ids.of(ids), batchSize, null, null, new Origin(owner, null, null));
            Standing before = queue.standing(submission);
            UUID id = queue.add(submission);
            model.submitted(id, priority, ids, batchSize, owner, now());
            Standing after = queue.standing(id).orElseThrow();
            assertThat(after)
                    .as("what was foretold of %s", submission)
                    .usingRecursiveComparison()
                    .ignoringFields("now", "pace", "contested")
                    .isEqualTo(before);
        }

        private @Nullable String anyOwner() {
            String owner = OWNERS.get(random.nextInt(OWNERS.size()));
            return owner.isEmpty() ? null : owner;
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
                return Outcome.ofAll(batch, NO_CONNECTION);
            }
            List<IdOutcome> ids = batch.ids().stream().map(id -> anyOutcome()).toList();
            return new Outcome(ids, Duration.ofSeconds(random.nextInt(6) == 0 ? random.nextInt(20) : 0));
        }

        private IdOutcome anyOutcome() {
            return switch (random.nextInt(7)) {
                case 0 -> new IdOutcome.Failed("gone", 410);
                case 1, 2 -> new IdOutcome.Missed("busy", 503, true);
                case 3 -> NO_CONNECTION;
                default -> new IdOutcome.Fetched(Data.json("{\"n\":" + random.nextInt(100) + "}"));
            };
        }

        private void cancel() {
            model.any(random).ifPresent(id -> {
                assertThat(orders.cancel(id)).isPresent();
                model.cancelled(id);
            });
        }

        private void move() {
            model.any(random).ifPresent(id -> {
                Priority to = anyPriority();
                assertThat(orders.move(id, to)).isPresent();
                model.moved(id, to);
            });
        }

        private void retry() {
            model.any(random).ifPresent(id -> {
                if (model.retried(id, now())) {
                    assertThat(orders.retry(id)).isPresent();
                } else {
                    assertThatThrownBy(() -> orders.retry(id)).isInstanceOf(NothingFailed.class);
                }
            });
        }

        private void pauseOrResume() {
            model.paused = !model.paused;
            if (model.paused) {
                orders.pause();
            } else {
                orders.resume();
            }
        }

        private void crash() {
            stage.crash();
            model.crashed(flying, now(), stage.forgets());
            flying.clear();
            open();
            assertThat(queue.state().paused()).isEqualTo(model.paused);
        }

        void compareOne() {
            model.any(random).ifPresent(this::compare);
        }

        /**
         * Whatever is told of an ingestion has a revision of its own, greater than those of all that was told before. What
         * is due already may be due since another moment for the next process.
         */
        void compareRevisions() {
            if (random.nextInt(4) > 0) {
                return;
            }
            for (UUID id : model.all()) {
                Ingestion seen = queue.find(id).orElseThrow();
                List<Object> told = List.of(seen.priority(), withoutWaits(seen.states()));
                Told before =
                        Objects.requireNonNullElse(lastSeen.put(id, new Told(seen.revision(), told)), Told.NOTHING);
                if (told.equals(before.told())) {
                    assertThat(seen.revision()).as("%s", seen).isGreaterThanOrEqualTo(before.revision());
                } else {
                    assertThat(seen.revision()).as("%s after %s", seen, before).isGreaterThan(before.revision());
                }
            }
        }

        private static List<Object> withoutWaits(List<BatchState> states) {
            return states.stream()
                    .<Object>map(state -> state.isWaiting()
                            ? List.of(state.attempts(), state.unknownOutcomes(), String.valueOf(state.error()))
                            : state)
                    .toList();
        }

        private record Told(long revision, List<Object> told) {
            static final Told NOTHING = new Told(-1, List.of());
        }

        void compareForecasts() {
            for (UUID id : model.all()) {
                Sighting seen = queue.see(id).orElseThrow();
                assertThat(seen.ingestion().states())
                        .isEqualTo(queue.find(id).orElseThrow().states());
                Optional<Standing> standing = queue.standing(id);
                assertThat(seen.foretell()).isEqualTo(standing.flatMap(Forecast::of));
                long now = now();
                boolean ended = model.statuses(id).stream().allMatch(BatchStatus::isEnd);
                assertThat(standing.isEmpty()).as("%s has ended", id).isEqualTo(ended);
                if (ended) {
                    continue;
                }
                Pace pace = standing.orElseThrow().pace();
                assertThat(pace.paused()).isEqualTo(model.paused);
                assertThat(pace.opensIn()).isBetween(0L, pace.interval());
                Forecast forecast = Forecast.of(standing.orElseThrow()).orElseThrow();
                Instant from = standing.orElseThrow().now();
                Optional<List<Long>> foretold = model.foretold(id, pace, now);
                if (model.paused || foretold.isEmpty()) {
                    assertThat(forecast.position()).isNull();
                    assertThat(forecast.startAt()).isNull();
                    continue;
                }
                assertThat(List.of(
                                Objects.requireNonNull(forecast.position()),
                                nanos(from, forecast.startAt()),
                                nanos(from, forecast.completionAt())))
                        .as("%s of %s", forecast, standing)
                        .isEqualTo(foretold.get());
            }
        }

        void compareListing() {
            List<Listing.Listed> listed = listing.before(Listing.NEWEST, null, STEPS);
            List<UUID> newestFirst = new ArrayList<>(model.all());
            Collections.reverse(newestFirst);
            assertThat(listed).extracting(one -> one.outline().id()).isEqualTo(newestFirst);
            for (Listing.Listed one : listed) {
                UUID id = one.outline().id();
                assertThat(one.outline()).isEqualTo(queue.find(id).orElseThrow().outline());
                Optional<Standing> alone = queue.standing(id);
                assertThat(one.standing())
                        .usingRecursiveComparison()
                        .ignoringFields("value.contested")
                        .isEqualTo(alone);
                assertThat(one.standing().flatMap(Forecast::of)).isEqualTo(alone.flatMap(Forecast::of));
            }
        }

        /** What is foretold of a submission is what comes of it where it is made. */
        void compareProspectNowAndThen() {
            if (random.nextInt(8) > 0) {
                return;
            }
            Priority priority = anyPriority();
            int batches = 1 + random.nextInt(5);
            int most = 1 + random.nextInt(6);
            Lineup lineup = queue.lineup(priority, most);
            long now = now();
            String owner = anyOwner();
            Prospect prospect = Prospect.of(lineup, batches, most, new Caller(owner, true));
            Model.WhatIf made = model.whatIf(priority, batches, owner, lineup.pace(), now);

            assertThat(lineup.waiting()).isEqualTo(model.waiting(any -> true));
            assertThat(prospect.behind()).isEqualTo(model.waiting(other -> other.compareTo(priority) > 0));
            assertThat(prospect.more()).isEqualTo(made.later().size() > most);
            assertThat(prospect.pushedBack())
                    .extracting(Prospect.PushedBack::id)
                    .isEqualTo(made.later().keySet().stream().limit(most).toList());
            Submission submission = new Submission(
                    UUID.randomUUID(),
                    priority,
                    Ids.of(LongStream.rangeClosed(1, batches).toArray()),
                    1,
                    null,
                    null,
                    new Origin(owner, null, null));
            Standing would = queue.standing(submission);
            assertThat(lineup.standing(batches, owner))
                    .usingRecursiveComparison()
                    .ignoringFields("now", "contested")
                    .isEqualTo(would);
            assertThat(Forecast.of(would)).hasValue(prospect.forecast());
            for (Prospect.PushedBack pushed : prospect.pushedBack()) {
                assertThat(pushed.priority()).isEqualTo(model.priority(pushed.id()));
                if (model.paused) {
                    assertThat(pushed.completionAt()).isNull();
                    assertThat(pushed.wouldBeAt()).isNull();
                } else {
                    assertThat(List.of(
                                    nanos(lineup.now(), pushed.completionAt()),
                                    nanos(lineup.now(), pushed.wouldBeAt())))
                            .isEqualTo(made.later().get(pushed.id()));
                }
            }
            Forecast forecast = prospect.forecast();
            if (model.paused) {
                assertThat(forecast).isEqualTo(new Forecast(null, null, null, WaitingFor.PAUSED));
            } else {
                assertThat(List.of(
                                Objects.requireNonNull(forecast.position()),
                                nanos(lineup.now(), forecast.startAt()),
                                nanos(lineup.now(), forecast.completionAt())))
                        .isEqualTo(made.own());
            }
        }

        private static long nanos(Instant from, @Nullable Instant to) {
            return Duration.between(from, Objects.requireNonNull(to)).toNanos();
        }

        private void compare(UUID id) {
            Ingestion seen = queue.find(id).orElseThrow();
            assertThat(seen.priority()).isEqualTo(model.priority(id));
            assertThat(seen.states().stream().map(state -> state.status()).toList())
                    .isEqualTo(model.statuses(id));
            assertThat(seen.states().stream().map(state -> state.attempts()).toList())
                    .isEqualTo(model.attempts(id));
            SortedMap<Integer, String> kept = new TreeMap<>();
            results.read(id, 0)
                    .orElseThrow()
                    .byPosition()
                    .forEach((position, outcome) -> kept.put(position, Model.word(outcome)));
            assertThat(kept).isEqualTo(model.results(id));
        }

        void finishEverything() throws InterruptedException {
            model.paused = false;
            orders.resume();
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
            return stage.now();
        }
    }
}
