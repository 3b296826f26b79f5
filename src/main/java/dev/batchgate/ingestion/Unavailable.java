package dev.batchgate.ingestion;

import java.time.Duration;

/** Refusal of a call that cannot be served for a while, such as while the store cannot be written. */
public final class Unavailable extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final Duration retryAfter;

    /**
     * @param reason one whole sentence for the client
     * @param retryAfter when it is worth another try
     */
    public Unavailable(String reason, Duration retryAfter, Throwable cause) {
        super(reason, cause);
        this.retryAfter = retryAfter;
    }

    public Unavailable(String reason, Duration retryAfter) {
        super(reason);
        this.retryAfter = retryAfter;
    }

    public Duration retryAfter() {
        return retryAfter;
    }
}
