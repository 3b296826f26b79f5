package dev.batchgate.ingestion;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Refusal of a submission that there is no room for now in the quota of its key. */
public final class QuotaExceeded extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient Quota quota;
    private final transient Quota.Remaining remaining;
    private final Limit limit;
    private final Duration retryAfter;

    /** Which part of the quota. */
    public enum Limit {
        /** Ids a minute. */
        IDS,
        /** Batches that wait. */
        BACKLOG
    }

    private QuotaExceeded(Quota quota, Quota.Remaining remaining, Limit limit, Duration retryAfter) {
        super(limit + ", retry after " + retryAfter);
        this.quota = quota;
        this.remaining = remaining;
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    /**
     * One that says when there is room for the ids.
     *
     * @param waitMicros until then, if nothing else is handed in
     */
    public static QuotaExceeded ofIds(Quota quota, Quota.Remaining remaining, long waitMicros) {
        return new QuotaExceeded(quota, remaining, Limit.IDS, Duration.of(waitMicros, ChronoUnit.MICROS));
    }

    /**
     * One that says when there is room at the earliest: once so many slots have been used for this key as there are batches
     * too many.
     */
    public static QuotaExceeded ofBacklog(
            Quota quota, Quota.Remaining remaining, long excess, Duration untilSlot, Duration interval) {
        return new QuotaExceeded(quota, remaining, Limit.BACKLOG, untilSlot.plus(interval.multipliedBy(excess - 1)));
    }

    public Quota quota() {
        return quota;
    }

    public Quota.Remaining remaining() {
        return remaining;
    }

    public Limit limit() {
        return limit;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
