package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.SlotUse;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One dispatch on record whose end is not: what was chosen, and how it is found again in the ledger. The journal's
 * thread makes it; any thread may say that it departed.
 */
final class Flight {

    private final Choice choice;
    private final long slot;
    private final Priority priority;
    private final Moment opened;
    private final long usableSince;
    private long departedTicks;
    private boolean isHeldBack;
    private boolean hasDeparted;
    private @Nullable Moment hold;
    private boolean isHeard;

    /**
     * @param opened when the slot opened that it was given; it may be about to
     * @param usableSince when the slot could first have been used, in the ticker's nanoseconds
     */
    Flight(Choice choice, long slot, Moment opened, long usableSince) {
        this.choice = choice;
        this.slot = slot;
        this.priority = choice.ingestion().priority();
        this.opened = opened;
        this.usableSince = usableSince;
    }

    /** How it came to its slot; to be asked once it has departed. */
    SlotUse use() {
        return new SlotUse(
                priority,
                choice.attempt() == 1,
                Duration.between(ingestion().createdAt(), Micros.instant(opened.micros())),
                Duration.ofNanos(departedTicks() - usableSince));
    }

    /** It must not leave: something has come between that was not there when it was chosen. */
    synchronized void holdBack() {
        isHeldBack = true;
    }

    synchronized boolean isHeldBack() {
        return isHeldBack;
    }

    /** Only the first word of it counts. */
    synchronized void departed(long ticks) {
        departedTicks = hasDeparted ? departedTicks : ticks;
        hasDeparted = true;
    }

    /** For how long it has been on its way; 0 before it is. */
    synchronized long nanosSince(long now) {
        return hasDeparted ? Math.max(0, now - departedTicks) : 0;
    }

    synchronized long departedTicks() {
        return departedTicks;
    }

    /** Until when the upstream closed the gate with its answer, as it was first understood; null if it did not. */
    synchronized @Nullable Moment hold(Supplier<@Nullable Moment> understood) {
        hold = isHeard ? hold : understood.get();
        isHeard = true;
        return hold;
    }

    Choice choice() {
        return choice;
    }

    Tracked ingestion() {
        return choice.ingestion();
    }

    Batch batch() {
        return choice.batch();
    }

    Moment opened() {
        return opened;
    }

    long slot() {
        return slot;
    }
}
