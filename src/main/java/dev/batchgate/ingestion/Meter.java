package dev.batchgate.ingestion;

/**
 * Ids a minute, metered as time: each id uses up its part of a minute, and what has been used comes back as time passes. So
 * a minute's ids may be handed in at once, or one by one, but never more than two minutes' in any one. All that has to be
 * kept is until when something is used up. Times are microseconds, on the clock of the store.
 */
public final class Meter {

    /** That much can be used up. */
    public static final long WINDOW = 60_000_000;

    private Meter() {}

    /** What so many ids use up. */
    public static long cost(long idsPerMinute, int ids) {
        return (ids * WINDOW + idsPerMinute - 1) / idsPerMinute;
    }

    /** What is used up at one moment; never more than there is, even if the clock has been set back. */
    public static long used(long until, long now) {
        return Math.max(0, Math.min(WINDOW, until - now));
    }

    /** Until there is room for that; 0 or less if there is. */
    public static long wait(long used, long cost) {
        return used + cost - WINDOW;
    }

    /** Ids that there is room for. */
    static long left(long idsPerMinute, long used) {
        return (WINDOW - used) * idsPerMinute / WINDOW;
    }
}
