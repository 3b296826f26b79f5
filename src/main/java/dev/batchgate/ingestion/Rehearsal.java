package dev.batchgate.ingestion;

import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The dispatches to come, gone through in stretches: from one moment at which a batch becomes eligible, or somebody is lifted,
 * to the next, whoever is the most urgent goes slot after slot, or those who take turns go round after round. Batches stand in
 * lanes; what is in one lane is told apart by nobody. Not safe for use by several threads.
 */
final class Rehearsal {

    private final SlotTimes slots;
    private final Order order;
    private final BitSet targets;
    private final long[] eligible;
    private final long[] toCome;
    private final Rehearsed[] rehearsed;
    private long dispatched;

    /** Lanes of which not all has been dispatched that anybody asks for. */
    private int left;

    /**
     * A batch that becomes eligible later.
     *
     * @param dueIn nanoseconds from now; 0 or less if it is time already
     */
    record Wait(long dueIn, int lane) {}

    /**
     * What becomes of one lane.
     *
     * @param before dispatches before its first one; -1 if nobody is in it, or nobody asked
     * @param first when its first one is, in nanoseconds from now
     * @param last when its last one is
     */
    record Rehearsed(long before, long first, long last) {

        static final Rehearsed NOTHING = new Rehearsed(-1, 0, 0);
    }

    /** Which lane goes before which, of those that have eligible batches. */
    interface Order {

        /** A lane has some. */
        void enter(int lane);

        /** It has none any more. */
        void leave(int lane);

        boolean isEmpty();

        /** Who goes next in a slot at that time, each once before the first of them goes again. */
        int[] round(long time);

        /** When that is another order, though nobody comes or goes; not at or before the time last asked for. */
        long changesAt();

        /** The last batch of a lane that went so far was the dispatch of that number, counted from 0. */
        void went(int lane, long dispatch);
    }

    private Rehearsal(Pace pace, Order order, BitSet targets, long[] eligible) {
        this.slots = new SlotTimes(pace);
        this.order = order;
        this.targets = targets;
        this.eligible = eligible;
        this.toCome = new long[eligible.length];
        this.rehearsed = new Rehearsed[eligible.length];
    }

    /**
     * Goes through them up to the last one of all lanes that somebody asks for.
     *
     * @param pace of a queue that is not paused
     * @param targets those lanes
     * @param eligible how many batches in each lane wait for nothing but a slot
     * @param waits in the order of their times
     */
    static List<Rehearsed> of(Pace pace, Order order, BitSet targets, long[] eligible, List<Wait> waits) {
        Rehearsal rehearsal = new Rehearsal(pace, order, targets, eligible.clone());
        rehearsal.play(waits);
        return List.of(rehearsal.rehearsed);
    }

    private void play(List<Wait> waits) {
        waits.forEach(wait -> toCome[wait.lane()]++);
        for (int lane = 0; lane < eligible.length; lane++) {
            rehearsed[lane] = Rehearsed.NOTHING;
            if (eligible[lane] > 0) {
                order.enter(lane);
            }
            left += targets.get(lane) && eligible[lane] + toCome[lane] > 0 ? 1 : 0;
        }
        Iterator<Wait> coming = waits.iterator();
        Wait next = coming.hasNext() ? coming.next() : null;
        while (left > 0) {
            if (order.isEmpty() && next != null) {
                slots.idleUntil(next.dueIn());
            }
            for (; next != null && next.dueIn() <= slots.next(); next = coming.hasNext() ? coming.next() : null) {
                toCome[next.lane()]--;
                eligible[next.lane()]++;
                order.enter(next.lane());
            }
            int[] round = order.round(slots.next());
            long until = Math.min(next == null ? Long.MAX_VALUE : next.dueIn(), order.changesAt());
            if (round.length == 1) {
                go(round[0], eligible[round[0]], until);
                continue;
            }
            long rounds =
                    IntStream.of(round).mapToLong(lane -> eligible[lane]).min().orElse(0) - 1;
            boolean begins = IntStream.of(round).anyMatch(lane -> targets.get(lane) && rehearsed[lane].before() < 0);
            if (rounds == 0 || begins) {
                go(round[0], 1, until);
            } else {
                go(round, rounds, until);
            }
        }
    }

    private void go(int lane, long most, long until) {
        long begins = slots.next();
        long gone = slots.take(most, until);
        if (targets.get(lane)) {
            Rehearsed so = rehearsed[lane];
            rehearsed[lane] = so.before() < 0
                    ? new Rehearsed(dispatched, begins, slots.last())
                    : new Rehearsed(so.before(), so.first(), slots.last());
        }
        dispatched += gone;
        went(lane, gone, dispatched - 1);
    }

    /** One batch of each, again and again. None of them has its first one in this, nor its last. */
    private void go(int[] round, long rounds, long until) {
        long gone = slots.take(rounds * round.length, until);
        for (int i = 0; i < round.length && i < gone; i++) {
            long own = (gone - 1 - i) / round.length + 1;
            went(round[i], own, dispatched + i + (own - 1) * round.length);
        }
        dispatched += gone;
    }

    private void went(int lane, long gone, long last) {
        order.went(lane, last);
        eligible[lane] -= gone;
        if (eligible[lane] == 0) {
            order.leave(lane);
            left -= targets.get(lane) && toCome[lane] == 0 ? 1 : 0;
        }
    }
}
