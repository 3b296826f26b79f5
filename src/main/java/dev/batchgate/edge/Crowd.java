package dev.batchgate.edge;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Everybody whose request is being served or has begun to arrive, as many as there is memory for. Those who are merely
 * connected are not counted: they take a tenth of it. Nor do those who have sent a part of a head keep out those who send all
 * of theirs at once; they have places of their own.
 *
 * <p>Entered by every request's thread. {@code moving} counts the threads that are inside; while none is with them, {@code
 * waiting} holds those who are answered bit by bit, {@code beginning} those whose head is not complete. A connection may be
 * closed without anybody being told here, so those that are gone are looked for before anyone is turned away.
 */
final class Crowd {

    /** Whoever is in the middle of something. */
    interface Guest {
        boolean isGone();
    }

    /** Of those that are served, as many may be in the middle of a head besides. */
    private static final int PART_OF_HEADS = 4;

    private final int most;
    private final long longestHeadNanos;
    private final LongSupplier nanoTime;
    private final AtomicInteger moving = new AtomicInteger();
    private final Set<Guest> waiting = ConcurrentHashMap.newKeySet();
    private final Set<Guest> beginning = ConcurrentHashMap.newKeySet();

    /**
     * @param most that are served at once
     * @param longestHead in which the head of a request has to arrive
     */
    Crowd(int most, Duration longestHead, LongSupplier nanoTime) {
        this.most = most;
        this.longestHeadNanos = longestHead.toNanos();
        this.nanoTime = nanoTime;
    }

    long now() {
        return nanoTime.getAsLong();
    }

    /** Whether a head that began then should have come to its end. */
    boolean isLate(long begun) {
        return now() - begun > longestHeadNanos;
    }

    /** Whether there is room for it; if so, one of the others has to follow. */
    boolean enter(Guest guest) {
        boolean wasBeginning = beginning.remove(guest);
        boolean known = waiting.remove(guest) || wasBeginning;
        moving.incrementAndGet();
        if (known || hasRoom()) {
            return true;
        }
        waiting.removeIf(Guest::isGone);
        if (hasRoom()) {
            return true;
        }
        leave();
        return false;
    }

    private boolean hasRoom() {
        return moving.get() + waiting.size() <= most;
    }

    /** It goes on later, with what it has until now. */
    void pause(Guest guest) {
        waiting.add(guest);
        leave();
    }

    /** The same in the middle of a head; whether there is room for one more of these. */
    boolean pauseInHead(Guest guest) {
        beginning.add(guest);
        leave();
        if (beginning.size() > most / PART_OF_HEADS) {
            beginning.removeIf(Guest::isGone);
            if (beginning.size() > most / PART_OF_HEADS) {
                beginning.remove(guest);
                return false;
            }
        }
        return true;
    }

    void leave() {
        moving.decrementAndGet();
    }
}
