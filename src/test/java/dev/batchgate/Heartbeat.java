package dev.batchgate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that wants to run once a millisecond and notes when it could not: how late anything else in this process may
 * have noticed something then.
 */
final class Heartbeat implements AutoCloseable {

    private static final long BEAT = TimeUnit.MILLISECONDS.toNanos(1);

    /** What a timer is late by anyway. */
    private static final long USUAL = TimeUnit.MILLISECONDS.toNanos(1);

    private record Late(long due, long came) {}

    private final List<Late> late = new ArrayList<>();
    private final Thread thread = new Thread(this::beat, "heartbeat");
    private volatile boolean closed;

    Heartbeat() {
        thread.setDaemon(true);
        thread.start();
    }

    private void beat() {
        long last = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(BEAT);
            long now = System.nanoTime();
            if (now - last > BEAT + USUAL) {
                synchronized (late) {
                    late.add(new Late(last + BEAT, now));
                }
            }
            last = now;
        }
    }

    /** For how long of the time before that moment nothing may have run here. */
    long latenessBefore(long moment, long window) {
        synchronized (late) {
            return late.stream()
                    .mapToLong(one -> Math.min(one.came(), moment) - Math.max(one.due(), moment - window))
                    .filter(overlap -> overlap > 0)
                    .sum();
        }
    }

    /** The longest time that it could not run. */
    long longest() {
        synchronized (late) {
            return late.stream().mapToLong(one -> one.came() - one.due()).max().orElse(0);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
