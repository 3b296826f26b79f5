package dev.batchgate.local;

import dev.batchgate.ingestion.Contest;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where ingestions stand among all that waits in the queue of one process. Any thread may enter. */
final class Standings {

    /** Of those that a submission may push back, where that is not told by their order alone. */
    private static final int MOST_APART = 1_000;

    private static final Comparator<Tracked> MOST_URGENT_FIRST =
            Comparator.comparing(Tracked::priority).thenComparingLong(Tracked::sequence);

    private final QueueParts parts;

    Standings(QueueParts parts) {
        this.parts = parts;
    }

    Optional<Standing> find(UUID ingestionId) {
        Tracked open = parts.statuses().get(ingestionId);
        return Optional.ofNullable(open).map(this::of);
    }

    /** Of one that is accepted now. It is the last of its priority: none that is in the line has that sequence. */
    Standing of(Submission submission) {
        return of(new Tracked(
                submission.id(),
                submission.priority(),
                submission.ids(),
                submission.batchSize(),
                Micros.of(parts.clock().instant()),
                Lineup.NEWCOMER,
                submission.origin().owner()));
    }

    Standing of(Tracked ingestion) {
        Moment now = parts.now();
        List<Flight> flights = List.copyOf(parts.flights().values());
        List<Long> own = times(flights, ingestion, now);
        return of(ingestion, parts.line(), parts.properties().fairness(), now, pace(flights, now), own);
    }

    /**
     * For how long they have been in flight, in nanoseconds. Without a stream, as all that each status asks for: see
     * docs/performance.md.
     *
     * @param ingestion whose; null for all of them
     */
    private static List<Long> times(List<Flight> flights, @Nullable Tracked ingestion, Moment now) {
        List<Long> times = new ArrayList<>();
        for (Flight flight : flights) {
            if (ingestion == null || flight.ingestion() == ingestion) {
                times.add(flight.nanosSince(now.ticks()));
            }
        }
        return times;
    }

    private Pace pace(List<Flight> flights, Moment now) {
        return new Pace(
                parts.gate().isPaused(),
                parts.gate().nanosOfInterval(),
                parts.gate().nanosClosed(),
                parts.properties().interval().toNanos(),
                parts.properties().maxInFlight(),
                times(flights, null, now),
                parts.fetches().mean());
    }

    /** What a submission would find that is accepted now, and the first of those behind it. */
    Lineup lineup(Priority priority, int most) {
        Moment now = parts.now();
        Pace pace = pace(List.copyOf(parts.flights().values()), now);
        if (!parts.properties().fairness().isStrict()) {
            return contested(priority, pace, now);
        }
        // One more, to know whether there is.
        Line.Behind behind = parts.line().behind(priority, most + 1);
        Map<Tracked, Lineup.Place> places = new HashMap<>();
        List<Lineup.Queued> first = new ArrayList<>();
        for (Line.Queued queued : behind.first()) {
            Lineup.Place place = place(queued.ingestion(), queued.priority());
            places.put(queued.ingestion(), place);
            first.add(new Lineup.Queued(place, queued.batches()));
        }
        List<Lineup.Waiting> waits = new ArrayList<>();
        for (Line.Wait wait : behind.waits()) {
            Tracked ingestion = wait.ingestion();
            Lineup.Place place = places.computeIfAbsent(ingestion, other -> place(other, other.priority()));
            waits.add(new Lineup.Waiting(place, wait.dueTicks() - now.ticks()));
        }
        return Lineup.of(
                Micros.instant(now.micros()),
                pace,
                priority,
                behind.higher(),
                behind.earlier(),
                behind.lower(),
                first,
                waits);
    }

    private Lineup contested(Priority priority, Pace pace, Moment now) {
        Fairness fairness = parts.properties().fairness();
        int from = fairness.lowestPushedBackBy(priority);
        Line.Rivals rivals = parts.line().rivals(from, MOST_APART, now.micros());
        Contest contest = contest(fairness, rivals.field(), rivals.waits(), now);
        Map<Tracked, Lineup.Place> apart = new LinkedHashMap<>();
        rivals.apart().forEach(ingestion -> apart.put(ingestion, place(ingestion, ingestion.priority())));
        for (Line.Wait wait : rivals.waits()) {
            Tracked ingestion = wait.ingestion();
            boolean mayBe = Fairness.rank(ingestion.priority()) >= from && apart.size() < 2 * MOST_APART;
            if (mayBe && ingestion.eligible() == 0) {
                apart.putIfAbsent(ingestion, place(ingestion, ingestion.priority()));
            }
        }
        return contest.lineup(
                Micros.instant(now.micros()), pace, priority, List.copyOf(apart.values()), rivals.further());
    }

    private static Contest contest(Fairness fairness, Heads.Field field, List<Line.Wait> waits, Moment now) {
        return new Contest(
                fairness,
                now.micros(),
                field.queued().stream()
                        .map(queued ->
                                new Lineup.Queued(place(queued.ingestion(), queued.priority()), queued.batches()))
                        .toList(),
                waits.stream()
                        .map(wait -> new Lineup.Waiting(
                                place(wait.ingestion(), wait.ingestion().priority()), wait.dueTicks() - now.ticks()))
                        .toList(),
                field.turns());
    }

    private static Lineup.Place place(Tracked ingestion, Priority priority) {
        return new Lineup.Place(
                ingestion.id(), priority, ingestion.sequence(), ingestion.createdAtMicros(), ingestion.owner());
    }

    /** @param line where it is, or would be; what waits there is compared outside of its lock, since there may be much */
    static Standing of(Tracked ingestion, Line line, Fairness fairness, Moment now, Pace pace, List<Long> ownInFlight) {
        Line.Others others = line.others(ingestion, now.micros());
        if (others.field() != null) {
            Contest contest = contest(fairness, others.field(), others.waits(), now);
            Lineup.Place place = place(ingestion, ingestion.priority());
            boolean isNew = ingestion.sequence() == Lineup.NEWCOMER;
            return Standing.of(
                    Micros.instant(now.micros()),
                    pace,
                    isNew ? contest.with(List.of(new Lineup.Queued(place, ingestion.eligible()))) : contest,
                    place,
                    ownInFlight);
        }
        long higher = others.higher();
        long earlier = others.earlier();
        long own = ingestion.sequence() == Lineup.NEWCOMER ? ingestion.eligible() : others.own();
        long behind = others.behind();
        boolean ownWaits = others.waits().stream().anyMatch(wait -> wait.ingestion() == ingestion);
        List<Standing.Wait> toCome = new ArrayList<>();
        for (Line.Wait wait : others.waits()) {
            Standing.Urgency urgency = urgency(wait.ingestion(), ingestion);
            boolean comesToNothing = urgency == Standing.Urgency.BEHIND && !ownWaits && wait.dueTicks() > now.ticks();
            if (comesToNothing) {
                continue;
            }
            if (wait.dueTicks() > now.ticks()) {
                toCome.add(new Standing.Wait(wait.dueTicks() - now.ticks(), urgency));
                continue;
            }
            switch (urgency) {
                case BEHIND -> behind++;
                case OWN -> own++;
                case BEFORE -> {
                    boolean isHigher = wait.ingestion().priority() != ingestion.priority();
                    higher += isHigher ? 1 : 0;
                    earlier += isHigher ? 0 : 1;
                }
            }
        }
        toCome.sort(Comparator.comparingLong(Standing.Wait::dueIn));
        return new Standing(Micros.instant(now.micros()), pace, higher, earlier, own, behind, toCome, ownInFlight);
    }

    private static Standing.Urgency urgency(Tracked one, Tracked other) {
        // Not by the times of acceptance, of which a submission that is not made has none.
        int compared = MOST_URGENT_FIRST.compare(one, other);
        return compared < 0 ? Standing.Urgency.BEFORE : compared > 0 ? Standing.Urgency.BEHIND : Standing.Urgency.OWN;
    }
}
