package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hands out slots: each no earlier than an interval after the departure of the batch before, and only while there is
 * room among the batches in flight.
 *
 * <p>One thread awaits and enters, the dispatcher's; any thread reports departures and ends, or asks. The monitor
 * guards every field that changes, and nobody sleeps inside it.
 */
final class Gate {

    private final long interval;
    private final int maxInFlight;
    private final Ticker ticker;

    private @Nullable Batch departing;
    private int inFlight;
    private long opensAt;

    /** @param opensAt when the first slot opens, in the ticker's nanoseconds */
    Gate(Duration interval, int maxInFlight, Ticker ticker, long opensAt) {
        this.interval = interval.toNanos();
        this.maxInFlight = maxInFlight;
        this.ticker = ticker;
        this.opensAt = opensAt;
    }

    /**
     * Returns when a batch may enter. It may from then on, until one does: a slot that stays unused is not saved up.
     */
    void awaitOpen() throws InterruptedException {
        ticker.sleepUntil(opening());
    }

    private synchronized long opening() throws InterruptedException {
        while (departing != null || inFlight == maxInFlight) {
            wait();
        }
        return opensAt;
    }

    /** A batch takes the slot that was awaited. */
    synchronized void enter(Batch batch) {
        departing = batch;
        inFlight++;
    }

    /**
     * A batch that entered is on its way: the next slot opens an interval from now. Only the first word of it counts.
     */
    synchronized void departed(Batch batch) {
        if (batch.equals(departing)) {
            departing = null;
            opensAt = ticker.nanos() + interval;
            notifyAll();
        }
    }

    /** A batch that entered has ended, whether or not anybody said that it departed. */
    synchronized void ended(Batch batch) {
        departed(batch);
        inFlight--;
        notifyAll();
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Time until the interval is over, in nanoseconds, 0 or more; for a batch yet to depart, as if it did now. */
    synchronized long nanosUntilOpen() {
        return departing != null ? interval : Math.max(0, opensAt - ticker.nanos());
    }
}
