package dev.batchgate.webhook;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver answered.
 *
 * @param status null if it did not
 * @param error why it did not; null if it did
 * @param retryAfter when it wants to be asked again; zero if it does not say
 */
record Answer(@Nullable Integer status, @Nullable String error, Duration retryAfter) {

    static Answer of(int status, Duration retryAfter) {
        return new Answer(status, null, retryAfter);
    }

    static Answer none(String why) {
        return new Answer(null, why, Duration.ZERO);
    }
}
