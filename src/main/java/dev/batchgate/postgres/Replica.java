package dev.batchgate.postgres;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * This process among those that share the database.
 *
 * @param run its number, which no other has or had
 * @param name for whoever looks
 */
record Replica(long run, String name, Duration lease) {

    static Replica of(long run, Duration lease) {
        return new Replica(run, host() + ":" + ProcessHandle.current().pid(), lease);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException nameless) {
            return "unknown";
        }
    }
}
