package dev.batchgate.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * This process among those that share the database.
 *
 * @param run its number, which no other has or had
 * @param name for whoever looks
 * @param ticker its monotonic clock, in nanoseconds from an arbitrary origin
 */
record Replica(long run, String name, Duration lease, LongSupplier ticker) {

    static Replica of(long run, Duration lease) {
        return new Replica(run, host() + ":" + ProcessHandle.current().pid(), lease, System::nanoTime);
    }

    /** Its monotonic clock. */
    long nanos() {
        return ticker.getAsLong();
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "unknown";
        }
    }
}
