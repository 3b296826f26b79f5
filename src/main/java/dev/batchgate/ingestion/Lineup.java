package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a submission of one priority would find in the queue at one moment: how much is before it, and who is behind.
 *
 * @param priority of the submission
 * @param higher eligible batches of higher priorities
 * @param earlier eligible batches of its own priority, all of which were accepted before it
 * @param behind the first ingestions of lower priorities, the most urgent first; some of them may wait for the time of a
 *     retry with all that is left of them
 * @param further eligible batches that are less urgent than all of those
 * @param waits batches that wait for the time of a retry, in the order of their times
 * @param contest all that waits, where that is needed to know who goes before whom; null if what is here is enough
 */
public record Lineup(
        Instant now,
        Pace pace,
        Priority priority,
        long higher,
        long earlier,
        List<Queued> behind,
        long further,
        List<Wait> waits,
        @Nullable Contest contest) {

    /** The sequence of a submission that is not made, after all that there are. */
    public static final long NEWCOMER = Long.MAX_VALUE - 1;

    private static final UUID ANYBODY = new UUID(0, 0);

    private static final Comparator<Wait> BY_TIME = Comparator.comparingLong(Wait::dueIn);

    /** An ingestion in the queue, and how many of its batches are eligible. */
    public record Queued(Place place, long eligible) {}

    /**
     * Who an ingestion is, what orders it among the others, and whose it is.
     *
     * @param acceptedMicros in microseconds since 1970
     * @param owner null if nobody's
     */
    public record Place(
            UUID id,
            Priority priority,
            long sequence,
            long acceptedMicros,
            @Nullable String owner) {

        static final Comparator<Place> MOST_URGENT_FIRST =
                Comparator.comparing(Place::priority).thenComparingLong(Place::sequence);
    }

    /**
     * A batch that becomes eligible later.
     *
     * @param dueIn nanoseconds from now; 0 or less if it is time already
     */
    public record Waiting(Place place, long dueIn) {}

    /**
     * The same.
     *
     * @param behind where its ingestion is in the list of those; -1 if it is before the submission, and the size of the
     *     list if it is behind them all
     */
    record Wait(long dueIn, int behind) {}

    public Lineup {
        behind = List.copyOf(behind);
        waits = List.copyOf(waits);
    }

    /**
     * One that is sorted out of what is in the queue.
     *
     * @param priority of the submission
     * @param lower eligible batches of lower priorities
     * @param first the most urgent ingestions with any of those, so many that one more than are to be listed has none
     *     that waits for its time; or all there are
     * @param waits all that waits for its time, and counts as eligible nowhere else
     */
    public static Lineup of(
            Instant now,
            Pace pace,
            Priority priority,
            long higher,
            long earlier,
            long lower,
            List<Queued> first,
            List<Waiting> waits) {
        TreeMap<Place, Long> behind = new TreeMap<>(Place.MOST_URGENT_FIRST);
        first.forEach(queued -> behind.put(queued.place(), queued.eligible()));
        long further = lower - first.stream().mapToLong(Queued::eligible).sum();
        // Behind the last of them there may be others that are not known.
        Place last = further > 0 ? behind.lastKey() : null;
        List<Waiting> toCome = new ArrayList<>();
        for (Waiting wait : waits) {
            Place place = wait.place();
            int eligible = wait.dueIn() <= 0 ? 1 : 0;
            if (eligible == 0) {
                toCome.add(wait);
            }
            if (place.priority().compareTo(priority) <= 0) {
                higher += place.priority() == priority ? 0 : eligible;
                earlier += place.priority() == priority ? eligible : 0;
            } else if (last != null && Place.MOST_URGENT_FIRST.compare(place, last) > 0) {
                further += eligible;
            } else {
                behind.merge(place, (long) eligible, Long::sum);
            }
        }
        List<Queued> queued = new ArrayList<>();
        Map<Place, Integer> index = new HashMap<>();
        behind.forEach((place, eligible) -> {
            index.put(place, queued.size());
            queued.add(new Queued(place, eligible));
        });
        List<Wait> sorted = toCome.stream()
                .map(wait -> new Wait(
                        wait.dueIn(),
                        wait.place().priority().compareTo(priority) <= 0
                                ? -1
                                : index.getOrDefault(wait.place(), queued.size())))
                .sorted(BY_TIME)
                .toList();
        return new Lineup(now, pace, priority, higher, earlier, queued, further, sorted, null);
    }

    /** All batches that wait. */
    long waiting() {
        return higher + earlier + eligibleBehind() + waits.size();
    }

    /** Those of them that are of lower priorities. */
    long waitingBehind() {
        return eligibleBehind()
                + waits.stream().filter(wait -> wait.behind() >= 0).count();
    }

    private long eligibleBehind() {
        if (contest == null) {
            return further + behind.stream().mapToLong(Queued::eligible).sum();
        }
        return contest.queued().stream()
                        .filter(group -> isLower(group.place()))
                        .mapToLong(Queued::eligible)
                        .sum()
                + contest.waits().stream()
                        .filter(wait -> isLower(wait.place()) && wait.dueIn() <= 0)
                        .count();
    }

    private boolean isLower(Place place) {
        return place.priority().compareTo(priority) > 0;
    }

    /** Whether there may be more behind it than those that are listed, of whom nobody can say that they are later for it. */
    boolean mayPushBackMore(Caller caller) {
        return further > 0 && (contest != null || !caller.seesAll());
    }

    /**
     * Where the submission would stand.
     *
     * @param owner whose it would be; null if nobody's
     */
    Standing standing(int batches, @Nullable String owner) {
        List<Standing.Wait> all = waits.stream()
                .map(wait -> new Standing.Wait(
                        wait.dueIn(), wait.behind() < 0 ? Standing.Urgency.BEFORE : Standing.Urgency.BEHIND))
                .toList();
        Contest.Entrant entrant = contest == null ? null : new Contest.Entrant(with(contest, batches, owner), NEWCOMER);
        return new Standing(now, pace, higher, earlier, batches, eligibleBehind(), all, List.of(), entrant);
    }

    private Contest with(Contest before, int batches, @Nullable String owner) {
        Place place = new Place(ANYBODY, priority, NEWCOMER, Micros.of(now), owner);
        return before.with(List.of(new Queued(place, batches)));
    }

    /**
     * When the last batch of each of those behind has been fetched, in nanoseconds from now; in a queue that is not paused.
     *
     * @param batches of the submission; 0 if it is not made
     * @param owner whose it would be; null if nobody's
     */
    List<Long> completions(int batches, @Nullable String owner) {
        List<Rehearsal.Rehearsed> rehearsed = contest == null
                ? rehearse(batches)
                : with(contest, batches, owner)
                        .rehearse(
                                pace,
                                behind.stream()
                                        .map(queued -> queued.place().sequence())
                                        .toList());
        return rehearsed.stream()
                .map(lane -> SlotTimes.plus(lane.last(), pace.fetch()))
                .toList();
    }

    private List<Rehearsal.Rehearsed> rehearse(int batches) {
        long[] eligible = new long[behind.size() + 2];
        eligible[0] = higher + earlier + batches;
        for (int i = 0; i < behind.size(); i++) {
            eligible[i + 1] = behind.get(i).eligible();
        }
        eligible[behind.size() + 1] = further;
        BitSet listed = new BitSet();
        listed.set(1, behind.size() + 1);
        return Rehearsal.of(
                        pace,
                        new InOrder(),
                        listed,
                        eligible,
                        waits.stream()
                                .map(wait -> new Rehearsal.Wait(wait.dueIn(), wait.behind() + 1))
                                .toList())
                .subList(1, behind.size() + 1);
    }
}
