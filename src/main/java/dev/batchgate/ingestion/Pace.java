package dev.batchgate.ingestion;

import java.util.List;

/**
 * What the gate lets through from now on; times are nanoseconds, from now.
 *
 * @param opensIn until the interval of the last departure is over; 0 if it is
 * @param closedFor how much longer the upstream wants to be left alone; 0 if it does not
 * @param inFlight for how long each batch in flight has been
 * @param fetch how long a fetch takes, going by the last ones
 */
public record Pace(
        boolean paused, long opensIn, long closedFor, long interval, int maxInFlight, List<Long> inFlight, long fetch) {

    public Pace {
        if (opensIn < 0 || closedFor < 0 || interval <= 0 || maxInFlight <= 0 || fetch < 0) {
            throw new IllegalArgumentException("opens in %d, closed for %d, interval %d, %d at once, fetch %d"
                    .formatted(opensIn, closedFor, interval, maxInFlight, fetch));
        }
        fetch = Math.min(SlotTimes.FOREVER, fetch);
        inFlight = List.copyOf(inFlight);
    }

    /** The same once so many others have gone. */
    Pace after(long batches) {
        long each = Math.max(interval, fetch / maxInFlight + 1);
        long open = Math.max(opensIn, closedFor);
        long later = batches > SlotTimes.FOREVER / each
                ? SlotTimes.FOREVER
                : SlotTimes.plus(Math.min(SlotTimes.FOREVER, open), batches * each);
        return batches == 0 ? this : new Pace(paused, later, closedFor, interval, maxInFlight, inFlight, fetch);
    }

    /** Whether no batch may enter before one ends. */
    boolean isFull() {
        return inFlight.size() >= maxInFlight;
    }
}
