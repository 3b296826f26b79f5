package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** The forecast among keys that take turns and work that ages, against a queue that is played slot by slot. */
class ContestTests {

    private static final int HISTORIES_A_TEST = 500;
    private static final List<Priority> PRIORITIES = List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW);
    private static final List<String> OWNERS = List.of("", "ada", "bob", "eve");

    private static Lineup.Place place(Priority priority, long sequence, long accepted, @Nullable String owner) {
        return new Lineup.Place(new UUID(0, sequence), priority, sequence, accepted, owner);
    }

    @RepeatedTest(10)
    void foretellsWhatHappens(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        for (int i = 0; i < HISTORIES_A_TEST; i++) {
            Contest contest = any(random);
            long interval = 1_000L * (1 + random.nextInt(9));
            Pace pace = new Pace(
                    false,
                    1_000L * random.nextInt(10),
                    0,
                    interval,
                    1 + random.nextInt(3),
                    List.of(),
                    random.nextInt(30_000));
            List<Long> all = Stream.concat(
                            contest.queued().stream().map(Lineup.Queued::place),
                            contest.waits().stream().map(Lineup.Waiting::place))
                    .map(Lineup.Place::sequence)
                    .distinct()
                    .toList();
            List<Long> asked = all.stream().filter(any -> random.nextInt(3) > 0).toList();
            assertThat(contest.rehearse(pace, asked))
                    .as("%s of %s at %s", asked, contest, pace)
                    .isEqualTo(Played.of(contest, pace, asked));
        }
    }

    private static Contest any(Random random) {
        Fairness fairness = new Fairness(
                random.nextInt(4) > 0,
                random.nextInt(4) > 0 ? Duration.ofNanos(1_000L * (1 + random.nextInt(300))) : null);
        long now = 1_000_000;
        List<Lineup.Queued> queued = new ArrayList<>();
        List<Lineup.Waiting> waits = new ArrayList<>();
        long accepted = now - 400;
        for (int sequence = 1; sequence <= 1 + random.nextInt(12); sequence++) {
            accepted = Math.min(now, accepted + random.nextInt(90));
            String owner = OWNERS.get(random.nextInt(OWNERS.size()));
            Lineup.Place place =
                    place(PRIORITIES.get(random.nextInt(3)), sequence, accepted, owner.isEmpty() ? null : owner);
            boolean many = random.nextInt(3) == 0;
            long eligible = random.nextInt(many ? 60 : 5);
            if (eligible > 0) {
                queued.add(new Lineup.Queued(place, eligible));
            }
            for (int i = random.nextInt(5) - 2; i > 0 || (i == 0 && eligible == 0); i--) {
                waits.add(new Lineup.Waiting(place, 1_000L * (random.nextInt(400) - 10)));
            }
        }
        Map<Fairness.Turn, Long> turns = new HashMap<>();
        if (fairness.takesTurns()) {
            IntStream.range(0, random.nextInt(8))
                    .forEach(slot ->
                            turns.put(new Fairness.Turn(random.nextInt(3), OWNERS.get(random.nextInt(4))), slot + 1L));
        }
        return new Contest(fairness, now, queued, waits, turns);
    }

    /** A queue, played one slot after the other. Times are nanoseconds from now. */
    private static final class Played {

        private record Batch(Lineup.Place place, long due) {}

        static List<Rehearsal.Rehearsed> of(Contest contest, Pace pace, List<Long> asked) {
            Fairness fairness = contest.fairness();
            List<Batch> left = new ArrayList<>();
            contest.queued().forEach(group -> {
                for (int i = 0; i < group.eligible(); i++) {
                    left.add(new Batch(group.place(), 0));
                }
            });
            contest.waits().forEach(wait -> left.add(new Batch(wait.place(), Math.max(0, wait.dueIn()))));
            Map<Fairness.Turn, Long> last = new HashMap<>(contest.turns());
            Map<Long, Rehearsal.Rehearsed> so = new HashMap<>();
            List<Long> ends = new ArrayList<>();
            long opens = Math.max(pace.opensIn(), pace.closedFor());
            for (long dispatched = 0;
                    left.stream().anyMatch(batch -> asked.contains(batch.place().sequence()));
                    dispatched++) {
                ends.sort(null);
                while (ends.size() >= pace.maxInFlight()) {
                    opens = Math.max(opens, ends.remove(0));
                }
                long slot = Math.max(
                        opens, left.stream().mapToLong(Batch::due).min().orElseThrow());
                Comparator<Batch> byTurn = Comparator.<Batch>comparingInt(batch -> rank(fairness, contest, batch, slot))
                        .thenComparing(batch -> last.getOrDefault(turn(fairness, contest, batch, slot), 0L))
                        .thenComparing(batch -> batch.place().sequence());
                Batch next = left.stream()
                        .filter(batch -> batch.due() <= slot)
                        .min(byTurn)
                        .orElseThrow();
                left.remove(next);
                last.put(turn(fairness, contest, next, slot), 1_000 + dispatched);
                long before = dispatched;
                so.merge(
                        next.place().sequence(),
                        new Rehearsal.Rehearsed(before, slot, slot),
                        (one, other) -> new Rehearsal.Rehearsed(one.before(), one.first(), other.last()));
                ends.add(slot + pace.fetch());
                opens = slot + pace.interval();
            }
            return asked.stream().map(so::get).toList();
        }

        private static int rank(Fairness fairness, Contest contest, Batch batch, long slot) {
            int rank = PRIORITIES.indexOf(batch.place().priority());
            boolean isOld = fairness.aging() != null
                    && 1_000 * (batch.place().acceptedMicros() - contest.nowMicros())
                                    + fairness.aging().toNanos()
                            <= slot;
            return isOld && rank > 0 ? rank - 1 : rank;
        }

        private static Fairness.Turn turn(Fairness fairness, Contest contest, Batch batch, long slot) {
            String owner = batch.place().owner();
            return new Fairness.Turn(
                    rank(fairness, contest, batch, slot), owner == null || !fairness.takesTurns() ? "" : owner);
        }
    }

    @Test
    void aMillionBatchesOfManyKeysTakeNoLongerThanAFew() {
        List<Lineup.Queued> queued = IntStream.range(0, 50)
                .mapToObj(key -> new Lineup.Queued(place(Priority.LOW, key + 1, 0, "key" + key), 20_000_000L + key))
                .toList();
        Contest contest = new Contest(new Fairness(true, Duration.ofDays(1)), 0, queued, List.of(), Map.of());

        // 50 keys take turns, so the last batch of the first one goes when all have had as many slots but one.
        Rehearsal.Rehearsed first =
                new Contest.Entrant(contest, 1).rehearse(new Pace(false, 0, 0, 10, 1, List.of(), 0));
        assertThat(first).isEqualTo(new Rehearsal.Rehearsed(0, 0, 10L * 50 * (20_000_000 - 1)));
    }

    /** As of what was read before its last batch was dispatched. */
    @Test
    void whatDoesNotWaitAnyMoreIsNotForetold() {
        Contest contest = new Contest(
                new Fairness(true, null),
                0,
                List.of(new Lineup.Queued(place(Priority.LOW, 1, 0, "ada"), 2)),
                List.of(),
                Map.of());
        Lineup lineup = contest.lineup(
                Instant.EPOCH,
                new Pace(false, 0, 0, 1_000, 1, List.of(), 0),
                Priority.LOW,
                List.of(place(Priority.LOW, 1, 0, "ada"), place(Priority.LOW, 2, 0, "bob")),
                0);

        assertThat(Prospect.of(lineup, 3, 10, new Caller("eve", true)).pushedBack())
                .extracting(pushed -> pushed.id().getLeastSignificantBits())
                .containsExactly(1L);
    }

    @Test
    void saysWhoGoesFirst() {
        Contest contest = new Contest(
                new Fairness(true, Duration.ofNanos(10_000)),
                100,
                List.of(
                        new Lineup.Queued(place(Priority.LOW, 1, 85, "ada"), 1),
                        new Lineup.Queued(place(Priority.MEDIUM, 2, 95, "ada"), 3),
                        new Lineup.Queued(place(Priority.MEDIUM, 3, 95, "bob"), 3),
                        new Lineup.Queued(place(Priority.LOW, 4, 96, "eve"), 3)),
                List.of(),
                Map.of(new Fairness.Turn(1, "bob"), 7L));

        assertThat(List.of(1L, 2L, 3L, 4L))
                .extracting(sequence ->
                        new Contest.Entrant(contest, sequence).precededBy().orElse(WaitingFor.SLOT))
                .containsExactly(WaitingFor.SLOT, WaitingFor.EARLIER, WaitingFor.TURN, WaitingFor.HIGHER_PRIORITY);
        Standing standing = Standing.of(
                Instant.EPOCH,
                new Pace(false, 5, 0, 5, 1, List.of(), 0),
                contest,
                place(Priority.MEDIUM, 3, 95, "bob"),
                List.of());
        assertThat(Forecast.of(standing).orElseThrow().waitingFor()).isEqualTo(WaitingFor.TURN);
    }
}
