package dev.batchgate.ingestion;

import dev.batchgate.ingestion.Standing.Urgency;
import dev.batchgate.ingestion.Standing.Wait;
import java.util.Iterator;

/**
 * The dispatches to come up to the last one of an ingestion, gone through in stretches: from one batch that becomes
 * eligible to the next, whoever is the most urgent goes slot after slot.
 *
 * @param before dispatches before its first one
 * @param first when its first one is, in nanoseconds from now
 * @param last when its last one is
 */
record Rehearsed(long before, long first, long last) {

    /** @param standing of an ingestion of which any batch waits, in a queue that is not paused */
    static Rehearsed of(Standing standing) {
        SlotTimes slots = new SlotTimes(standing.pace());
        long ahead = standing.higher() + standing.earlier();
        long own = standing.own();
        long behind = standing.behind();
        long ownToCome = standing.ownWaits();
        Iterator<Wait> waits = standing.waits().iterator();
        Wait next = waits.hasNext() ? waits.next() : null;
        long dispatched = 0;
        long before = -1;
        long first = 0;
        long last = 0;
        while (own + ownToCome > 0) {
            if (ahead + own + behind == 0 && next != null) {
                slots.idleUntil(next.dueIn());
            }
            while (next != null && next.dueIn() <= slots.next()) {
                ahead += next.urgency() == Urgency.BEFORE ? 1 : 0;
                own += next.urgency() == Urgency.OWN ? 1 : 0;
                ownToCome -= next.urgency() == Urgency.OWN ? 1 : 0;
                behind += next.urgency() == Urgency.BEHIND ? 1 : 0;
                next = waits.hasNext() ? waits.next() : null;
            }
            long until = next == null ? Long.MAX_VALUE : next.dueIn();
            long begins = slots.next();
            long most = ahead > 0 ? ahead : own > 0 ? own : behind;
            long gone = slots.take(most, until);
            if (ahead > 0) {
                ahead -= gone;
            } else if (own > 0) {
                if (before < 0) {
                    before = dispatched;
                    first = begins;
                }
                last = slots.last();
                own -= gone;
            } else {
                behind -= gone;
            }
            dispatched += gone;
        }
        return new Rehearsed(before, first, last);
    }
}
