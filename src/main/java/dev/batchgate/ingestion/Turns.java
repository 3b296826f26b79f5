package dev.batchgate.ingestion;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Who goes when keys take turns, or what waits for long is lifted: the lowest rank; in it the key whose last dispatch is the longest
 * ago; of its lanes the oldest. Not safe for use by several threads.
 */
final class Turns implements Rehearsal.Order {

    private final List<Lane> lanes;
    private final Map<Fairness.Turn, Long> last = new HashMap<>();

    /** What is to be dispatched, by rank and key. */
    private final List<Map<String, NavigableSet<Integer>>> busy =
            List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    private final int[] ranks;

    /** Lanes that will be lifted, the first one first. */
    private final int[] toLift;

    private final long began;
    private int lifted;

    /**
     * Batches that nobody tells apart.
     *
     * @param sequence of the first of their ingestions
     * @param liftedIn when they go one rank lower, in nanoseconds from now; {@link Long#MAX_VALUE} for never
     */
    record Lane(int rank, String sharer, long sequence, long liftedIn) {}

    /** @param turns the last slots that were given so far */
    Turns(List<Lane> lanes, Map<Fairness.Turn, Long> turns) {
        this.lanes = lanes;
        this.last.putAll(turns);
        this.began =
                1 + turns.values().stream().mapToLong(Long::longValue).max().orElse(0);
        this.ranks = lanes.stream().mapToInt(Lane::rank).toArray();
        this.toLift = IntStream.range(0, lanes.size())
                .filter(lane -> lanes.get(lane).liftedIn() < Long.MAX_VALUE)
                .boxed()
                .sorted(Comparator.comparingLong(lane -> lanes.get(lane).liftedIn()))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private NavigableSet<Integer> beside(int lane) {
        return busy.get(ranks[lane])
                .computeIfAbsent(
                        lanes.get(lane).sharer(),
                        any -> new TreeSet<>(Comparator.<Integer>comparingLong(other -> sequence(other))
                                .thenComparing(other -> other)));
    }

    private long sequence(int lane) {
        return lanes.get(lane).sequence();
    }

    @Override
    public void enter(int lane) {
        beside(lane).add(lane);
    }

    @Override
    public void leave(int lane) {
        NavigableSet<Integer> beside = beside(lane);
        beside.remove(lane);
        if (beside.isEmpty()) {
            busy.get(ranks[lane]).remove(lanes.get(lane).sharer());
        }
    }

    @Override
    public boolean isEmpty() {
        return busy.stream().allMatch(Map::isEmpty);
    }

    @Override
    public int[] round(long time) {
        for (; lifted < toLift.length && lanes.get(toLift[lifted]).liftedIn() <= time; lifted++) {
            lift(toLift[lifted]);
        }
        List<Integer> heads = new ArrayList<>();
        int rank = 0;
        while (busy.get(rank).isEmpty()) {
            rank++;
        }
        busy.get(rank).values().forEach(own -> heads.add(own.first()));
        return heads.stream()
                .sorted(Comparator.<Integer>comparingLong(lane -> last.getOrDefault(turn(lane), 0L))
                        .thenComparingLong(this::sequence))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void lift(int lane) {
        boolean waits = beside(lane).contains(lane);
        leave(lane);
        ranks[lane]--;
        if (waits) {
            enter(lane);
        }
    }

    /** In which a lane is by now. */
    int rank(int lane) {
        return ranks[lane];
    }

    private Fairness.Turn turn(int lane) {
        return new Fairness.Turn(ranks[lane], lanes.get(lane).sharer());
    }

    @Override
    public long changesAt() {
        return lifted < toLift.length ? lanes.get(toLift[lifted]).liftedIn() : Long.MAX_VALUE;
    }

    @Override
    public void went(int lane, long dispatch) {
        last.put(turn(lane), began + dispatch);
    }
}
