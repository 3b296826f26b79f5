package dev.batchgate.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as stores keep them, microseconds since 1970, and spans of time in the same unit. */
public final class Micros {

    private static final long SECOND = 1_000_000;

    private Micros() {}

    public static long of(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    /** What is left of a microsecond is cut off. */
    public static long of(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), 1_000 * Math.floorMod(micros, SECOND));
    }
}
