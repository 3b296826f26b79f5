package dev.batchgate.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One moment on both of the machine's clocks.
 *
 * @param micros of the wall clock, which may be set, since 1970
 * @param ticks nanoseconds of the monotonic clock, which may not
 */
record Moment(long micros, long ticks) {

    private static final long MICROS = 1_000_000;

    static Moment now(Clock clock, Ticker ticker) {
        return new Moment(micros(clock.instant()), ticker.nanos());
    }

    Moment plus(Duration time) {
        return new Moment(micros + time.toNanos() / 1_000, ticks + time.toNanos());
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), 1_000 * Math.floorMod(micros, MICROS));
    }
}
