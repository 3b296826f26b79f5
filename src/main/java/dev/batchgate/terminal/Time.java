package dev.batchgate.terminal;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Time as a command knows it; tests move it by hand. */
interface Time {

    /** Only good for differences. */
    long nanos();

    /** For services that do not say what time it is there. */
    Instant now();

    void sleep(Duration duration) throws InterruptedException;

    static Time system() {
        Clock clock = Clock.systemUTC();
        return new Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return clock.instant();
            }

            @Override
            public void sleep(Duration duration) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(duration.toNanos());
            }
        };
    }
}
