package dev.batchgate.ingestion;

import java.time.Duration;

/** Refusal of a submission that the backlog has no room for. */
public final class BacklogFull extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final long limit;
    private final Duration retryAfter;

    /**
     * @param limit most batches that may wait
     * @param retryAfter until there is room, if every slot until then is used and nobody else submits; 0 or more
     */
    public BacklogFull(long limit, Duration retryAfter) {
        super("limit " + limit + ", retry after " + retryAfter);
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    /**
     * One that says when there is room: once so many slots have been used as there are batches too many.
     *
     * @param excess batches that there is no room for, 1 or more
     * @param untilSlot time until the next slot
     */
    public static BacklogFull by(long excess, long limit, Duration untilSlot, Duration interval) {
        return new BacklogFull(limit, untilSlot.plus(interval.multipliedBy(excess - 1)));
    }

    public long limit() {
        return limit;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
