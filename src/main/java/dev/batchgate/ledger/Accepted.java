package dev.batchgate.ledger;

/**
 * An ingestion that was accepted.
 *
 * @param sequence its place in the order of acceptance
 * @param createdAt microseconds since 1970
 * @param firstBatch whose first dispatch the ledger still tells of, counted from 0; more than 0 only where it
 *     has been deleted
 * @param batches how many it has, as far as can be told
 * @param finished whether the store says that all of them have ended
 * @param deleted whether it is in the ledger alone, its retention being over
 */
record Accepted(
        long sequence,
        String priority,
        long createdAt,
        int firstBatch,
        int batches,
        boolean finished,
        boolean deleted) {}
