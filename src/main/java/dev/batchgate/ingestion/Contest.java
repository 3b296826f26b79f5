package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * All that waits at one moment, where who goes next is not told by priority and acceptance alone.
 *
 * @param nowMicros that moment, in microseconds since 1970
 * @param queued what waits for nothing but a slot: ingestions, or several together of one priority and one key that were accepted
 *     one after the other, and are lifted together
 * @param waits batches that wait for the time of a retry, or for nobody having looked since
 * @param turns the last slot of each key in each rank; of those that take turns
 */
public record Contest(
        Fairness fairness,
        long nowMicros,
        List<Lineup.Queued> queued,
        List<Lineup.Waiting> waits,
        Map<Fairness.Turn, Long> turns) {

    public Contest {
        queued = queued.stream()
                .sorted(Comparator.comparingLong(group -> group.place().sequence()))
                .toList();
        waits = waits.stream()
                .sorted(Comparator.comparingLong(Lineup.Waiting::dueIn))
                .toList();
        turns = Map.copyOf(turns);
    }

    /** The same with so many more batches of some ingestions, each apart from all others. */
    public Contest with(List<Lineup.Queued> others) {
        List<Lineup.Queued> more = new ArrayList<>(queued);
        others.stream().filter(other -> other.eligible() > 0).forEach(more::add);
        return new Contest(fairness, nowMicros, more, waits, turns);
    }

    /**
     * What a submission of a priority would find.
     *
     * @param apart of the ingestions that it may push back ({@link Fairness#lowestPushedBackBy}), the most urgent, each of which is queued
     *     apart from others or only waits
     * @param further eligible batches of others that it may
     */
    public Lineup lineup(Instant now, Pace pace, Priority priority, List<Lineup.Place> apart, long further) {
        Map<Integer, Long> byRank = new HashMap<>();
        Map<Long, Long> bySequence = new HashMap<>();
        for (Lineup.Queued group : queued) {
            byRank.merge(Fairness.rank(group.place().priority()), group.eligible(), Long::sum);
            bySequence.merge(group.place().sequence(), group.eligible(), Long::sum);
        }
        List<Lineup.Wait> toCome = new ArrayList<>();
        for (Lineup.Waiting wait : waits) {
            if (wait.dueIn() <= 0) {
                byRank.merge(Fairness.rank(wait.place().priority()), 1L, Long::sum);
                bySequence.merge(wait.place().sequence(), 1L, Long::sum);
            } else {
                boolean isBehind = wait.place().priority().compareTo(priority) > 0;
                toCome.add(new Lineup.Wait(wait.dueIn(), isBehind ? apart.size() : -1));
            }
        }
        long higher = 0;
        for (int rank = 0; rank < Fairness.rank(priority); rank++) {
            higher += byRank.getOrDefault(rank, 0L);
        }
        List<Lineup.Queued> behind = apart.stream()
                .sorted(Lineup.Place.MOST_URGENT_FIRST)
                .map(place -> new Lineup.Queued(place, bySequence.getOrDefault(place.sequence(), 0L)))
                .toList();
        long earlier = byRank.getOrDefault(Fairness.rank(priority), 0L);
        return new Lineup(now, pace, priority, higher, earlier, behind, further, toCome, this);
    }

    /** One ingestion among all of them, which is queued apart from others, or not at all. */
    public record Entrant(Contest contest, long sequence) {

        /** When its batches go, of which any waits; in a queue that is not paused. */
        Rehearsal.Rehearsed rehearse(Pace pace) {
            return contest.rehearse(pace, List.of(sequence)).get(0);
        }

        /** What goes before its next batch, of which any waits for nothing but a slot; empty if nothing does. */
        Optional<WaitingFor> precededBy() {
            Field field = new Field(contest);
            int own = field.numbers.getOrDefault(sequence, -1);
            Turns order = new Turns(field.lanes, contest.turns);
            field.eligibleNow().stream().forEach(order::enter);
            int[] round = order.round(0);
            if (round[0] == own) {
                return Optional.empty();
            }
            if (order.rank(round[0]) < order.rank(own)) {
                return Optional.of(WaitingFor.HIGHER_PRIORITY);
            }
            boolean isHead = IntStream.of(round).anyMatch(lane -> lane == own);
            return Optional.of(isHead ? WaitingFor.TURN : WaitingFor.EARLIER);
        }
    }

    /**
     * When the batches of ingestions go that are queued apart from others, or of which nothing is queued but waits; in a queue
     * that is not paused. Of what neither is queued nor waits, nothing goes.
     */
    List<Rehearsal.Rehearsed> rehearse(Pace pace, List<Long> sequences) {
        Field field = new Field(this);
        BitSet targets = new BitSet();
        sequences.stream().map(field.numbers::get).filter(Objects::nonNull).forEach(targets::set);
        List<Rehearsal.Rehearsed> rehearsed = Rehearsal.of(
                pace,
                new Turns(field.lanes, turns),
                targets,
                field.eligible.stream().mapToLong(Long::longValue).toArray(),
                field.toCome);
        return sequences.stream()
                .map(field.numbers::get)
                .map(number -> number == null ? Rehearsal.Rehearsed.NOTHING : rehearsed.get(number))
                .toList();
    }

    /** The same in lanes, each known by the first sequence in it. */
    private static final class Field {

        private final Contest contest;
        private final Map<Long, Integer> numbers = new HashMap<>();
        private final List<Turns.Lane> lanes = new ArrayList<>();
        private final List<Long> eligible = new ArrayList<>();
        private final List<Rehearsal.Wait> toCome = new ArrayList<>();

        Field(Contest contest) {
            this.contest = contest;
            for (Lineup.Queued group : contest.queued) {
                add(group.place(), group.eligible());
            }
            for (Lineup.Waiting wait : contest.waits) {
                Integer known = numbers.get(wait.place().sequence());
                toCome.add(new Rehearsal.Wait(wait.dueIn(), known == null ? add(wait.place(), 0) : known));
            }
        }

        private int add(Lineup.Place place, long batches) {
            numbers.put(place.sequence(), lanes.size());
            lanes.add(contest.lane(place));
            eligible.add(batches);
            return lanes.size() - 1;
        }

        BitSet eligibleNow() {
            BitSet now = new BitSet();
            for (int lane = 0; lane < eligible.size(); lane++) {
                now.set(lane, eligible.get(lane) > 0);
            }
            toCome.stream().filter(wait -> wait.dueIn() <= 0).forEach(wait -> now.set(wait.lane()));
            return now;
        }
    }

    private Turns.Lane lane(Lineup.Place place) {
        long liftedAt = fairness.liftedAt(place.priority(), place.acceptedMicros());
        return new Turns.Lane(
                Fairness.rank(place.priority()),
                fairness.sharer(place.owner()),
                place.sequence(),
                liftedAt == Long.MAX_VALUE ? liftedAt : 1_000 * (liftedAt - nowMicros));
    }
}
