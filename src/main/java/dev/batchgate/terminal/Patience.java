package dev.batchgate.terminal;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long one call is tried for, and how long to wait between two tries: twice as long each time, and not in step with others. */
final class Patience {

    private static final Duration FIRST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Time time;
    private final DoubleSupplier random;
    private final Duration length;
    private final long start;
    private Duration backoff = FIRST;

    Patience(Duration length, Time time, DoubleSupplier random) {
        this.time = time;
        this.random = random;
        this.length = length;
        this.start = time.nanos();
    }

    /**
     * Waits as long as was asked for.
     *
     * @return false if that is longer than there is patience, at once
     */
    boolean await(Duration asked) {
        // A service that says "now" again and again is not to be asked a thousand times a second.
        Duration wait = asked.compareTo(FIRST) < 0 ? FIRST : asked;
        return wait.compareTo(left()) <= 0 && sleep(wait);
    }

    /** Waits before another try; false if there was no time left for one. */
    boolean await() {
        Duration wait = backoff.dividedBy(2)
                .plus(Duration.ofNanos((long) (backoff.dividedBy(2).toNanos() * random.getAsDouble())));
        backoff = backoff.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : backoff.multipliedBy(2);
        Duration left = left();
        return !left.isZero() && !left.isNegative() && sleep(wait.compareTo(left) > 0 ? left : wait);
    }

    private Duration left() {
        return length.minusNanos(time.nanos() - start);
    }

    private boolean sleep(Duration wait) {
        try {
            time.sleep(wait);
            return true;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
