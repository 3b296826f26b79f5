package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Draws the wait before the next attempt. */
@FunctionalInterface
public interface Backoff {

    /** From zero up to {@code longest}. */
    Duration draw(Duration longest);

    /**
     * Full jitter, as in Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015: evenly between
     * nothing and the longest, so that what failed together does not come back together.
     */
    static Backoff fullJitter(RandomGenerator random) {
        return longest -> Duration.ofNanos(random.nextLong(longest.toNanos() + 1));
    }
}
