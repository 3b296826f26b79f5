package dev.batchgate.local;

import java.util.concurrent.locks.LockSupport;

/** Time that only moves forward, in nanoseconds from an arbitrary origin, and the wait for it. */
interface Ticker {

    long nanos();

    /** Returns at {@code nanos} or later, never earlier. */
    void sleepUntil(long nanos) throws InterruptedException;

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
                LockSupport.parkNanos(this, left);
            }
        }
    };
}
