package dev.batchgate.ingestion;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of what happens when an upstream fails.
 *
 * @param maxAttempts dispatches of one batch before the ids fail that are still missing; default 5
 * @param backoff before the second attempt at most, doubled for each one after it, 0 to 1 day; default 5 s. The wait is
 *     drawn at random between nothing and that (full jitter)
 * @param maxBackoff longest backoff, 0 to 30 days; default 10 min
 * @param maxRetryAfter how long an upstream can close the gate for at most, 0 to 30 days; default 1 h
 * @param downAfter so many dispatches in a row without a connection mean that the upstream is down, 1 or more; default 3
 */
@Validated
@ConfigurationProperties("batchgate.upstream")
public record RetryProperties(
        @DefaultValue("5") @Min(1) @Max(1_000_000) int maxAttempts,

        @DefaultValue("5s") @DurationMin @DurationMax(days = 1)
        Duration backoff,

        @DefaultValue("10m") @DurationMin @DurationMax(days = 30)
        Duration maxBackoff,

        @DefaultValue("1h") @DurationMin @DurationMax(days = 30)
        Duration maxRetryAfter,

        @DefaultValue("3") @Min(1) int downAfter) {

    /**
     * The longest wait after an attempt that brought too little: capped exponential backoff.
     *
     * @param attempt counted from 1
     */
    public Duration longestBackoff(int attempt) {
        // Doubled more often, the longest possible first wait would overflow; the cap is far below.
        int doublings = Math.min(attempt - 1, 30);
        Duration doubled = backoff.multipliedBy(1L << doublings);
        return doubled.compareTo(maxBackoff) < 0 ? doubled : maxBackoff;
    }

    /** For how long an upstream closes the gate that wants to hear nothing for so long. */
    public Duration bounded(Duration closedFor) {
        return closedFor.compareTo(maxRetryAfter) < 0 ? closedFor : maxRetryAfter;
    }
}
