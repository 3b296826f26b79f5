package dev.batchgate.postgres;

import java.time.Instant;

/** Moments as the database keeps them: microseconds since 1970. */
final class Micros {

    private static final long SECOND = 1_000_000;

    private Micros() {}

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, SECOND), 1_000 * Math.floorMod(micros, SECOND));
    }
}
