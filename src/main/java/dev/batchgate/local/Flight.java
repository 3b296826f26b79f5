package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;

/**
 * One dispatch on record whose end is not: what was chosen, and how it is found again in the ledger. The journal's
 * thread makes it; any thread may say that it departed.
 */
final class Flight {

    private final Choice choice;
    private final long slot;
    private long departedTicks;
    private boolean hasDeparted;

    Flight(Choice choice, long slot) {
        this.choice = choice;
        this.slot = slot;
    }

    /** Only the first word of it counts. */
    synchronized void departed(long ticks) {
        departedTicks = hasDeparted ? departedTicks : ticks;
        hasDeparted = true;
    }

    synchronized long departedTicks() {
        return departedTicks;
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
