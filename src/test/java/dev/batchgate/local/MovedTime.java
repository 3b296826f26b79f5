package dev.batchgate.local;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;

/**
 * Time that a test moves: it passes only while the code under test waits for it, and on its way does what was planned.
 * One thread.
 */
final class MovedTime extends Clock implements Ticker {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final TreeMap<Long, Runnable> plan = new TreeMap<>();
    private long now;
    private Duration wallClockError = Duration.ZERO;
    private String origin = "the start of the test";

    /** Does something once this much time has passed since the start. */
    void at(Duration sinceStart, Runnable what) {
        plan.put(sinceStart.toNanos(), what);
    }

    /** Lets time pass with nobody waiting for it. */
    void pass(Duration time) {
        sleepUntil(now + time.toNanos());
    }

    /** Sets the wall clock to a wrong time; the time that passes is not affected. */
    void setWallClockWrongBy(Duration error) {
        wallClockError = error;
    }

    /** Counts from somewhere else from now on, as another machine does. */
    void moveToAnotherMachine(Duration elsewhere) {
        now += elsewhere.toNanos();
        origin = "another machine";
    }

    Duration sinceStart() {
        return Duration.ofNanos(now);
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public void sleepUntil(long nanos) {
        while (!plan.isEmpty() && plan.firstKey() <= Math.max(now, nanos)) {
            now = Math.max(now, plan.firstKey());
            plan.pollFirstEntry().getValue().run();
        }
        now = Math.max(now, nanos);
    }

    @Override
    public void sleepUntil(long nanos, Semaphore unlessReleased) {
        while (!plan.isEmpty() && plan.firstKey() <= nanos && !unlessReleased.tryAcquire()) {
            sleepUntil(plan.firstKey());
        }
        if (!unlessReleased.tryAcquire()) {
            sleepUntil(nanos);
        }
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public Instant instant() {
        return START.plusNanos(now).plus(wallClockError);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
