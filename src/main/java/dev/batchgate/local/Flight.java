package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One dispatch on record whose end is not: what was chosen, and how it is found again in the ledger. The journal's
 * thread makes it; any thread may say that it departed.
 */
final class Flight {

    private final Choice choice;
    private final long slot;
    private long departedTicks;
    private boolean hasDeparted;
    private @Nullable Moment hold;
    private boolean isHeard;

    Flight(Choice choice, long slot) {
        this.choice = choice;
        this.slot = slot;
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

    long slot() {
        return slot;
    }
}
