package dev.batchgate.ledger;

/**
 * Where the ledger begins, which loses its old end together with the ingestions that it tells of.
 *
 * @param firstSlot that is left; 0 where there is none
 * @param newest sequence of the newest ingestion then
 */
record Cut(long firstSlot, long newest) {

    /** Whether anything is gone. */
    boolean isCut() {
        return firstSlot > 1;
    }

    /** Ingestions up to this sequence may be gone without a trace, because what the ledger told of them is. */
    long deletedUpTo() {
        return isCut() ? newest : 0;
    }

    /** The last slot that may be gone. */
    long lastGone() {
        return isCut() ? firstSlot - 1 : 0;
    }

    /** Whether an order that was given after a slot may be gone. */
    boolean mayHaveTaken(long afterSlot) {
        return isCut() && afterSlot < firstSlot;
    }
}
