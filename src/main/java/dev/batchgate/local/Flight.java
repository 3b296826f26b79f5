package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;

/**
 * One dispatch on record whose end is not: the batch, and how it is found again in the ledger. The dispatcher's thread
 * makes it; any thread may say that it departed.
 */
final class Flight {

    private final Tracked ingestion;
    private final Batch batch;
    private final long slot;
    private long departedTicks;

    Flight(Tracked ingestion, Batch batch, long slot) {
        this.ingestion = ingestion;
        this.batch = batch;
        this.slot = slot;
    }

    /** Only the first word of it counts. */
    synchronized void departed(long ticks) {
        departedTicks = departedTicks == 0 ? ticks : departedTicks;
    }

    synchronized long departedTicks() {
        return departedTicks;
    }

    Tracked ingestion() {
        return ingestion;
    }

    Batch batch() {
        return batch;
    }

    long slot() {
        return slot;
    }
}
