package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where an ingestion stands in the queue at one moment. Batches are eligible that wait for nothing but a slot.
 *
 * @param now that moment
 * @param higher eligible batches of higher priorities
 * @param earlier eligible batches of its own priority that were accepted before it
 * @param own its own eligible batches
 * @param behind eligible batches that are less urgent than its own
 * @param waits batches that wait for the time of a retry, in the order of their times; those behind only if any of its own
 *     waits so, since until then they come to nothing
 * @param ownInFlight for how long each of its own batches in flight has been, in nanoseconds
 * @param contested all that waits, where that is needed to know who goes before whom; null if what is here is enough
 */
public record Standing(
        Instant now,
        Pace pace,
        long higher,
        long earlier,
        long own,
        long behind,
        List<Wait> waits,
        List<Long> ownInFlight,
        Contest.@Nullable Entrant contested) {

    /** How a batch that waits compares to those of the ingestion. */
    public enum Urgency {
        BEFORE(0),
        OWN(1),
        BEHIND(2);

        private final int lane;

        Urgency(int lane) {
            this.lane = lane;
        }
    }

    /**
     * A batch that becomes eligible later.
     *
     * @param dueIn nanoseconds from now; 0 or less if it is time already
     */
    public record Wait(long dueIn, Urgency urgency) {}

    /** More batches than any queue holds. */
    private static final long FAR = 1L << 40;

    public Standing {
        if (higher < 0 || earlier < 0 || own < 0 || behind < 0) {
            throw new IllegalArgumentException(
                    "%d higher, %d earlier, %d own, %d behind".formatted(higher, earlier, own, behind));
        }
        boolean allMatter = waits.isEmpty() || waits.stream().anyMatch(wait -> wait.urgency() == Urgency.OWN);
        waits = allMatter
                ? List.copyOf(waits)
                : waits.stream()
                        .filter(wait -> wait.urgency() == Urgency.BEFORE)
                        .toList();
        ownInFlight = List.copyOf(ownInFlight);
    }

    /** One of which priority and acceptance are enough to know who goes before whom. */
    public Standing(
            Instant now,
            Pace pace,
            long higher,
            long earlier,
            long own,
            long behind,
            List<Wait> waits,
            List<Long> ownInFlight) {
        this(now, pace, higher, earlier, own, behind, waits, ownInFlight, null);
    }

    /**
     * One of which all that waits is known.
     *
     * @param place of the ingestion, which is queued apart from others there, or not at all
     */
    public static Standing of(Instant now, Pace pace, Contest contest, Lineup.Place place, List<Long> ownInFlight) {
        long[] eligible = new long[Urgency.values().length];
        long higher = 0;
        List<Wait> toCome = new ArrayList<>();
        for (Lineup.Queued group : contest.queued()) {
            eligible[urgency(group.place(), place).lane] += group.eligible();
            higher += isHigher(group.place(), place) ? group.eligible() : 0;
        }
        for (Lineup.Waiting wait : contest.waits()) {
            Urgency urgency = urgency(wait.place(), place);
            if (wait.dueIn() > 0) {
                toCome.add(new Wait(wait.dueIn(), urgency));
            } else {
                eligible[urgency.lane]++;
                higher += isHigher(wait.place(), place) ? 1 : 0;
            }
        }
        return new Standing(
                now,
                pace,
                higher,
                eligible[Urgency.BEFORE.lane] - higher,
                eligible[Urgency.OWN.lane],
                eligible[Urgency.BEHIND.lane],
                toCome,
                ownInFlight,
                new Contest.Entrant(contest, place.sequence()));
    }

    private static boolean isHigher(Lineup.Place one, Lineup.Place other) {
        return one.priority().compareTo(other.priority()) < 0;
    }

    private static Urgency urgency(Lineup.Place one, Lineup.Place other) {
        if (one.sequence() == other.sequence()) {
            return Urgency.OWN;
        }
        boolean isBefore =
                isHigher(one, other) || (one.priority() == other.priority() && one.sequence() < other.sequence());
        return isBefore ? Urgency.BEFORE : Urgency.BEHIND;
    }

    /** When all of it is done; empty if nobody knows. */
    Optional<Instant> completionAt() {
        return Forecast.of(this).map(Forecast::completionAt);
    }

    /** Whether all of it is done by then; not so if nobody knows. */
    public boolean isDoneBy(Instant time) {
        return completionAt().filter(completion -> !completion.isAfter(time)).isPresent();
    }

    /**
     * More urgent batches that there may be at most if it is to be done by then; below 0 if it is not whatever there is. Where others
     * may be before it that are not counted as more urgent, as many more than there are as could all go first.
     */
    public long mostBefore(Instant time) {
        long possible = -1;
        long impossible = FAR;
        while (impossible - possible > 1) {
            long middle = (possible + impossible) / 2;
            if (with(middle).isDoneBy(time)) {
                possible = middle;
            } else {
                impossible = middle;
            }
        }
        return contested != null && possible >= 0 ? higher + earlier + possible : possible;
    }

    private Standing with(long before) {
        return contested == null
                ? new Standing(now, pace, 0, before, own, behind, waits, ownInFlight)
                : new Standing(now, pace.after(before), higher, earlier, own, behind, waits, ownInFlight, contested);
    }

    /** When its batches go, of which any waits; in a queue that is not paused. */
    Rehearsal.Rehearsed rehearse() {
        if (contested != null) {
            return contested.rehearse(pace);
        }
        BitSet itself = new BitSet();
        itself.set(Urgency.OWN.lane);
        return Rehearsal.of(
                        pace,
                        new InOrder(),
                        itself,
                        new long[] {higher + earlier, own, behind},
                        waits.stream()
                                .map(wait -> new Rehearsal.Wait(wait.dueIn(), wait.urgency().lane))
                                .toList())
                .get(Urgency.OWN.lane);
    }

    /** Those of its own batches that are not eligible yet. */
    long ownWaits() {
        return waits.isEmpty()
                ? 0
                : waits.stream().filter(wait -> wait.urgency() == Urgency.OWN).count();
    }
}
