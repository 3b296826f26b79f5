package dev.batchgate.local;

import dev.batchgate.ingestion.Micros;
import java.time.Clock;
import java.time.Duration;

/**
 * One moment on both of the machine's clocks.
 *
 * @param micros of the wall clock, which may be set, since 1970
 * @param ticks nanoseconds of the monotonic clock, which may not
 */
record Moment(long micros, long ticks) {

    static Moment now(Clock clock, Ticker ticker) {
        return new Moment(Micros.of(clock.instant()), ticker.nanos());
    }

    static Moment later(Moment one, Moment other) {
        return other.ticks > one.ticks ? other : one;
    }

    Moment plus(Duration time) {
        return new Moment(micros + Micros.of(time), ticks + time.toNanos());
    }
}
