package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Hands out slots: each no earlier than an interval after the departure of the batch before, only while there is room
 * among the batches in flight, and neither while it is paused nor before the upstream wants to be asked again.
 *
 * <p>The dispatcher's thread waits, the journal's enters; any thread reports departures and ends, or asks. The monitor
 * guards every field that changes, and nobody waits inside it.
 */
final class Gate {

    /**
     * How long before a slot opens its batch may be chosen, so that its dispatch is on the disk by then: what a group of
     * submissions takes to be written beside full load, nine times of ten.
     */
    static final Duration AHEAD = Duration.ofMillis(10);

    private final long interval;
    private final int maxInFlight;
    private final Ticker ticker;

    /** Released when one of the reasons is gone for which nobody could choose. */
    private final Semaphore cleared = new Semaphore(0);

    private @Nullable Batch departing;
    private int inFlight;
    private long opensAt;
    private long closedUntil;
    private boolean paused;

    /** Since when nothing but time has been in the way. */
    private long freeSince;

    /**
     * @param opensAt when the first slot opens, in the ticker's nanoseconds
     * @param closedUntil until when the upstream wants to be left alone
     */
    Gate(Duration interval, int maxInFlight, Ticker ticker, long opensAt, long closedUntil, boolean paused) {
        this.interval = interval.toNanos();
        this.maxInFlight = maxInFlight;
        this.ticker = ticker;
        this.opensAt = opensAt;
        this.closedUntil = closedUntil;
        this.paused = paused;
        this.freeSince = opensAt;
    }

    /**
     * Returns when a batch may be chosen for a slot. One may from then on, until one is, or somebody closes the gate: a
     * slot that stays unused is not saved up.
     */
    void awaitChoice() throws InterruptedException {
        ticker.await(this::choosableFrom, cleared);
    }

    /** From then on a batch may be chosen; empty while none may. */
    private synchronized OptionalLong choosableFrom() {
        return paused || departing != null || inFlight == maxInFlight
                ? OptionalLong.empty()
                : OptionalLong.of(opening() - AHEAD.toNanos());
    }

    private long opening() {
        return Math.max(opensAt, closedUntil);
    }

    /** When the slot opens that a batch may be chosen for at {@code nanos}, which may be then; empty if none may. */
    synchronized OptionalLong slot(long nanos) {
        OptionalLong from = choosableFrom();
        return from.isPresent() && from.getAsLong() <= nanos
                ? OptionalLong.of(Math.max(opening(), nanos))
                : OptionalLong.empty();
    }

    /** Since when a batch could have entered that is decided on at {@code nanos}; empty if none can. */
    synchronized OptionalLong openSince(long nanos) {
        return choosableFrom().isPresent() && opening() <= nanos
                ? OptionalLong.of(Math.max(freeSince, opening()))
                : OptionalLong.empty();
    }

    /** Whether it has been closed for whoever was given the slot that opened at {@code nanos}. */
    synchronized boolean hasClosedSince(long nanos) {
        return paused || closedUntil > nanos;
    }

    /** A batch takes the slot that it was chosen for. */
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
            cleared.release();
        }
    }

    /** A batch that entered has ended, whether or not anybody said that it departed. */
    synchronized void ended(Batch batch) {
        departed(batch);
        freeSince = inFlight == maxInFlight ? ticker.nanos() : freeSince;
        inFlight--;
        cleared.release();
    }

    /** The upstream wants to be left alone until then. */
    synchronized void closeUntil(long nanos) {
        closedUntil = Math.max(closedUntil, nanos);
    }

    synchronized void pause() {
        paused = true;
    }

    synchronized void resume() {
        freeSince = paused ? ticker.nanos() : freeSince;
        paused = false;
        cleared.release();
    }

    synchronized boolean isPaused() {
        return paused;
    }

    synchronized int inFlight() {
        return inFlight;
    }

    /** Time until the upstream wants to be asked again, in nanoseconds, 0 or more. */
    synchronized long nanosClosed() {
        return Math.max(0, closedUntil - ticker.nanos());
    }

    /**
     * Time until the interval since the last departure is over, in nanoseconds, 0 or more; for a batch yet to depart, as if it did as soon as
     * its slot opens.
     */
    synchronized long nanosOfInterval() {
        return departing != null
                ? Math.max(0, opening() - ticker.nanos()) + interval
                : Math.max(0, opensAt - ticker.nanos());
    }

    /**
     * Time until a batch may enter, in nanoseconds, 0 or more, as if it were not paused; for a batch yet to depart, as if
     * it did as soon as its slot opens.
     */
    synchronized long nanosUntilOpen() {
        return Math.max(nanosOfInterval(), nanosClosed());
    }
}
