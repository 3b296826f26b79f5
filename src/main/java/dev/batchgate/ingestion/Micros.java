package dev.batchgate.ingestion;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Moments as stores keep them: microseconds since 1970. */
public final class Micros {

    private static final long SECOND = 1_000_000;

    private Micros() {}

    public static long of(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    public static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), 1_000 * Math.floorMod(micros, SECOND));
    }
}
