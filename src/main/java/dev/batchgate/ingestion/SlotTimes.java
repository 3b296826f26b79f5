package dev.batchgate.ingestion;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When the slots to come open, in nanoseconds from now, if every fetch takes as long as the others: each an interval after
 * the one before, and not before one of {@code maxInFlight} batches has ended. Not safe for use by several threads.
 *
 * <p>After three rounds of {@code maxInFlight} slots the times repeat, shifted by the longer of a fetch and a round of
 * intervals, since by then no gap is left that something else has made; so that a million of slots takes no longer than
 * a few rounds. A round counts no more batches than can be on their way at once, however many may be.
 */
final class SlotTimes {

    /** Nothing is later than that, some 73 years: two of them can be added. */
    static final long FOREVER = Long.MAX_VALUE / 4;

    private static final int IRREGULAR_ROUNDS = 3;

    private final long interval;
    private final int round;
    private final long fetch;
    private final long shift;

    /** When those end that take up room, the first to end first; at most a round. */
    private final Deque<Long> ends = new ArrayDeque<>();

    private long opens;
    private long last;

    SlotTimes(Pace pace) {
        this.interval = Math.min(FOREVER, pace.interval());
        this.fetch = Math.min(FOREVER, pace.fetch());
        this.round = (int) Math.min(
                pace.maxInFlight(),
                Math.min(fetch / interval, Integer.MAX_VALUE / 2)
                        + pace.inFlight().size()
                        + 2);
        this.shift = Math.max(fetch, times(round, interval));
        this.opens = Math.min(FOREVER, Math.max(pace.opensIn(), pace.closedFor()));
        pace.inFlight().stream()
                .map(elapsed -> Math.max(0, fetch - elapsed))
                .sorted()
                // Other replicas may allow more at once; nobody else enters before all but so few have ended.
                .skip(Math.max(0, pace.inFlight().size() - round))
                .forEach(ends::addLast);
    }

    /** When the next one opens. */
    long next() {
        return ends.size() < round ? opens : Math.max(opens, ends.getFirst());
    }

    /** When the last one opened that was taken. */
    long last() {
        return last;
    }

    /** Nobody takes a slot before that. */
    void idleUntil(long nanos) {
        opens = Math.min(FOREVER, Math.max(opens, nanos));
    }

    /**
     * Takes up to so many slots, those alone that open before {@code until}.
     *
     * @return how many there were
     */
    long take(long most, long until) {
        long taken = 0;
        boolean skipped = false;
        while (taken < most && next() < until) {
            if (next() >= FOREVER) {
                last = FOREVER;
                return most;
            }
            if (taken >= (long) IRREGULAR_ROUNDS * round && !skipped) {
                // Of what is left then, less than two rounds can be taken.
                long rounds = Math.min((most - taken) / round, (until - next()) / shift - 1);
                taken += skip(Math.max(0, rounds));
                skipped = true;
            } else {
                takeOne();
                taken++;
            }
        }
        return taken;
    }

    private void takeOne() {
        last = next();
        if (ends.size() == round) {
            ends.removeFirst();
        }
        ends.addLast(plus(last, fetch));
        opens = plus(last, interval);
    }

    private long skip(long rounds) {
        long by = times(rounds, shift);
        opens = plus(opens, by);
        last = plus(last, by);
        for (int i = 0; i < ends.size(); i++) {
            ends.addLast(plus(ends.removeFirst(), by));
        }
        return rounds * round;
    }

    static long plus(long one, long other) {
        return Math.min(FOREVER, one + other);
    }

    private static long times(long count, long nanos) {
        return count > FOREVER / nanos ? FOREVER : count * nanos;
    }
}
