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

    public long limit() {
        return limit;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
