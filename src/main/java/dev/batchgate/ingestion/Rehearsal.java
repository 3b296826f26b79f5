package dev.batchgate.ingestion;

import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

/**
 * The dispatches to come, gone through in stretches: from one batch that becomes eligible to the next, whoever is the most
 * urgent goes slot after slot. Batches stand in lanes, the most urgent first; what is in one lane is told apart by
 * nobody. Not safe for use by several threads.
 */
final class Rehearsal {

    private final SlotTimes slots;
    private final long[] eligible;
    private final long[] toCome;
    private final BitSet busy = new BitSet();
    private final Rehearsed[] rehearsed;

    /**
     * A batch that becomes eligible later.
     *
     * @param dueIn nanoseconds from now; 0 or less if it is time already
     */
    record Wait(long dueIn, int lane) {}

    /**
     * What becomes of one lane.
     *
     * @param before dispatches before its first one; -1 if nobody is in it
     * @param first when its first one is, in nanoseconds from now
     * @param last when its last one is
     */
    record Rehearsed(long before, long first, long last) {

        private static final Rehearsed NOTHING = new Rehearsed(-1, 0, 0);
    }

    private Rehearsal(Pace pace, long[] eligible) {
        this.slots = new SlotTimes(pace);
        this.eligible = eligible;
        this.toCome = new long[eligible.length];
        this.rehearsed = new Rehearsed[eligible.length];
    }

    /**
     * Goes through them up to the last one of all lanes that matter, which are those between the first and the last one.
     *
     * @param pace of a queue that is not paused
     * @param eligible how many batches in each lane wait for nothing but a slot
     * @param waits in the order of their times
     */
    static List<Rehearsed> of(Pace pace, long[] eligible, List<Wait> waits) {
        Rehearsal rehearsal = new Rehearsal(pace, eligible.clone());
        rehearsal.play(waits);
        return List.of(rehearsal.rehearsed);
    }

    private void play(List<Wait> waits) {
        int lanes = eligible.length;
        waits.forEach(wait -> toCome[wait.lane()]++);
        int left = 0;
        for (int lane = 0; lane < lanes; lane++) {
            rehearsed[lane] = Rehearsed.NOTHING;
            busy.set(lane, eligible[lane] > 0);
            left += matters(lane) && eligible[lane] + toCome[lane] > 0 ? 1 : 0;
        }
        Iterator<Wait> coming = waits.iterator();
        Wait next = coming.hasNext() ? coming.next() : null;
        long dispatched = 0;
        while (left > 0) {
            if (busy.isEmpty() && next != null) {
                slots.idleUntil(next.dueIn());
            }
            for (; next != null && next.dueIn() <= slots.next(); next = coming.hasNext() ? coming.next() : null) {
                toCome[next.lane()]--;
                eligible[next.lane()]++;
                busy.set(next.lane());
            }
            int lane = busy.nextSetBit(0);
            long begins = slots.next();
            long gone = slots.take(eligible[lane], next == null ? Long.MAX_VALUE : next.dueIn());
            Rehearsed so = rehearsed[lane];
            rehearsed[lane] = so.before() < 0
                    ? new Rehearsed(dispatched, begins, slots.last())
                    : new Rehearsed(so.before(), so.first(), slots.last());
            dispatched += gone;
            eligible[lane] -= gone;
            busy.set(lane, eligible[lane] > 0);
            left -= matters(lane) && eligible[lane] + toCome[lane] == 0 ? 1 : 0;
        }
    }

    private boolean matters(int lane) {
        return lane > 0 && lane < eligible.length - 1;
    }
}
