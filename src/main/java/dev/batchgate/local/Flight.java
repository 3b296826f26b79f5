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
    private final Moment decided;
    private final long usableSince;
    private long departedTicks;
    private boolean hasDeparted;
    private @Nullable Moment hold;
    private boolean isHeard;

    /**
     * @param decided when it was given the slot
     * @param usableSince when the slot could first have been used, in the ticker's nanoseconds
     */
    Flight(Choice choice, long slot, Moment decided, long usableSince) {
        this.choice = choice;
        this.slot = slot;
        this.priority = choice.ingestion().priority();
        this.decided = decided;
        this.usableSince = usableSince;
    }

    /** How it came to its slot; to be asked once it has departed. */
    SlotUse use() {
        return new SlotUse(
                priority,
                choice.attempt() == 1,
                Duration.between(ingestion().createdAt(), Micros.instant(decided.micros())),
                Duration.ofNanos(departedTicks() - usableSince));
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
