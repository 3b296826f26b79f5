package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A quota, and what is left of it, as the fields {@code RateLimit-Policy} and {@code RateLimit} say it. */
final class RateLimitFields {

    private static final String POLICY = "RateLimit-Policy";
    private static final String STATE = "RateLimit";
    private static final long MICROS = 1_000_000;

    private RateLimitFields() {}

    /** @param headers is given each field's name and value */
    static void add(BiConsumer<String, String> headers, Quota quota, Quota.Remaining remaining) {
        add(headers, quota, remaining, null, Duration.ZERO);
    }

    /**
     * The same with a refusal: what is exceeded is said to be back when it may be tried again.
     *
     * @param exceeded null if nothing is
     */
    static void add(
            BiConsumer<String, String> headers,
            Quota quota,
            Quota.Remaining remaining,
            QuotaExceeded.@Nullable Limit exceeded,
            Duration retryAfter) {
        if (quota.equals(Quota.UNLIMITED)) {
            return;
        }
        List<String> policies = new ArrayList<>();
        List<String> states = new ArrayList<>();
        if (quota.idsPerMinute() != null) {
            long seconds = exceeded == QuotaExceeded.Limit.IDS
                    ? retryAfter.toSeconds()
                    : (remaining.usedMicros() + MICROS - 1) / MICROS;
            policies.add("\"ids\";q=%d;w=%d".formatted(quota.idsPerMinute(), Meter.WINDOW / MICROS));
            states.add("\"ids\";r=%d;t=%d".formatted(remaining.ids(), seconds));
        }
        if (quota.maxBacklog() != null) {
            policies.add("\"backlog\";q=%d".formatted(quota.maxBacklog()));
            states.add("\"backlog\";r=%d".formatted(remaining.batches())
                    + (exceeded == QuotaExceeded.Limit.BACKLOG ? ";t=" + retryAfter.toSeconds() : ""));
        }
        headers.accept(POLICY, String.join(", ", policies));
        headers.accept(STATE, String.join(", ", states));
    }
}
