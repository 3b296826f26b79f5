package dev.batchgate.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Time that only moves forward, in nanoseconds from an arbitrary origin, and the wait for it. */
interface Ticker {

    long nanos();

    /** Returns at {@code nanos} or later, never earlier. */
    void sleepUntil(long nanos) throws InterruptedException;

    /** Returns at {@code nanos}, or earlier, once somebody has released the semaphore; takes a permit of it then. */
    void sleepUntil(long nanos, Semaphore unlessReleased) throws InterruptedException;

    /**
     * Returns once the moment has come that is asked for, which is asked for again whenever somebody has released the semaphore: it may
     * have moved. Empty while nobody can say. One thread, which takes all permits.
     */
    default void await(Supplier<OptionalLong> moment, Semaphore moved) throws InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            moved.drainPermits();
            OptionalLong at = moment.get();
            if (at.isEmpty()) {
                moved.acquire();
            } else if (at.getAsLong() > nanos()) {
                sleepUntil(at.getAsLong(), moved);
            } else {
                return;
            }
        }
    }

    /** Names the origin: processes that see the same name count from the same moment. Empty where nobody can say. */
    String origin();

    /** A thread that is parked wakes up this much late, on a machine that has nothing else to do. */
    long SPIN_NANOS = 100_000;

    /** The machine's: {@link System#nanoTime} and a parked thread. */
    Ticker SYSTEM = new Ticker() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void sleepUntil(long nanos) throws InterruptedException {
            for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                if (left > SPIN_NANOS) {
                    LockSupport.parkNanos(this, left - SPIN_NANOS);
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public void sleepUntil(long nanos, Semaphore unlessReleased) throws InterruptedException {
            if (!unlessReleased.tryAcquire(nanos - nanos(), TimeUnit.NANOSECONDS)) {
                // The semaphore may have given up a little early.
                sleepUntil(nanos);
            }
        }

        /**
         * On Linux a JVM counts from when the machine was booted (CLOCK_MONOTONIC), plus what a time namespace adds;
         * the kernel names each boot and tells what is added.
         */
        @Override
        public String origin() {
            Path added = Path.of("/proc/self/timens_offsets");
            try {
                String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"))
                        .strip();
                return Files.exists(added)
                        ? boot + " " + Files.readString(added).strip()
                        : boot;
            } catch (IOException notLinux) {
                return "";
            }
        }
    };
}
