package dev.batchgate.ingestion;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt to tell of an end came to.
 *
 * @param verdict delivered, gone, or pending: it is to be tried again
 * @param status HTTP status of the answer; null if there was none
 * @param error what went wrong; null if nothing did
 * @param pause before the next attempt
 * @param patience after so long since it was asked for it is given up
 */
public record Attempt(
        DeliveryState verdict,
        @Nullable Integer status,
        @Nullable String error,
        Duration pause,
        Duration patience) {}
