package dev.batchgate.postgres;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Verdict;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One dispatch of this replica that has not ended: what was claimed, and until when it may leave.
 *
 * <p>The dispatcher's thread makes it; any thread asks whether it may leave, and says that it has; the lease's thread
 * prolongs it. The monitor guards what changes.
 */
final class Flight {

    /** Clocks may run apart by this much of a lease. */
    private static final int DRIFT = 50;

    private final Batch batch;
    private final long slot;
    private final List<Integer> places;
    private final int counted;
    private final Verdict.Before before;
    private final long claimedMicros;
    private final long askedNanos;

    private long deadlineNanos;
    private long departedNanos;
    private boolean departed;
    private boolean left;
    private long leftNanos;
    private boolean reported;
    private boolean allowed;
    private boolean refused;
    private boolean heard;
    private @Nullable Long heldUntilNanos;

    /**
     * @param places of its ids in the whole batch, counted from 0
     * @param counted dispatches that count as attempts, this one included
     * @param before what the other ids of the batch have come to
     * @param claimedMicros when it was claimed, on the database's clock
     * @param askedNanos when the claim was asked for, on this process's monotonic clock, which was before that
     */
    Flight(
            Batch batch,
            long slot,
            List<Integer> places,
            int counted,
            Verdict.Before before,
            long claimedMicros,
            long askedNanos,
            Duration lease) {
        this.batch = batch;
        this.slot = slot;
        this.places = List.copyOf(places);
        this.counted = counted;
        this.before = before;
        this.claimedMicros = claimedMicros;
        this.askedNanos = askedNanos;
        renewed(askedNanos, lease);
    }

    /** Its lease runs on, counted from a moment before the database said so. */
    synchronized void renewed(long sinceNanos, Duration lease) {
        deadlineNanos = sinceNanos + lease.toNanos() - lease.toNanos() / DRIFT;
    }

    /** Its slot is not its own any more. */
    synchronized void lost(long nanos) {
        deadlineNanos = nanos;
    }

    /** Whether its slot is certainly still its own. */
    synchronized boolean mayDepart(long nanos) {
        boolean may = nanos - deadlineNanos < 0;
        allowed |= may;
        refused |= !may;
        return may;
    }

    /** Whether it was on the point of leaving, and nothing of it did. */
    synchronized boolean wasWithheld() {
        return refused && !allowed;
    }

    /** A request of it has left at that moment; whoever says so last need not be the one that left last. */
    synchronized void left(long nanos) {
        leftNanos = left && leftNanos - nanos > 0 ? leftNanos : nanos;
        left = true;
    }

    /**
     * All that was to leave has left, as late as now if nobody said when. Returns whether this was not known yet.
     */
    synchronized boolean departed(long nanos) {
        boolean isNews = !departed;
        departedNanos = departed ? departedNanos : left ? leftNanos : nanos;
        departed = true;
        return isNews;
    }

    synchronized boolean hasDeparted() {
        return departed;
    }

    /** Whether the database has yet to be told that it has departed. */
    synchronized boolean isToBeReported() {
        return departed && !reported && !wasWithheld();
    }

    synchronized void reported() {
        reported = true;
    }

    /** When it departed, at the latest, on the database's clock. */
    synchronized long departedMicros() {
        return claimedMicros + (departedNanos - askedNanos) / 1_000 + 1;
    }

    synchronized long departedNanos() {
        return departedNanos;
    }

    /**
     * For how much longer the upstream has closed the gate with its answer; null if it has not.
     *
     * @param closedFor as it said, when this is asked first
     */
    synchronized @Nullable Duration hold(Duration closedFor, long nanos) {
        if (!heard) {
            heard = true;
            heldUntilNanos = closedFor.isNegative() || closedFor.isZero() ? null : nanos + closedFor.toNanos();
        }
        return heldUntilNanos == null ? null : Duration.ofNanos(Math.max(0, heldUntilNanos - nanos));
    }

    Batch batch() {
        return batch;
    }

    long slot() {
        return slot;
    }

    List<Integer> places() {
        return places;
    }

    int counted() {
        return counted;
    }

    Verdict.Before before() {
        return before;
    }
}
