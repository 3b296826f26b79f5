package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * An ingestion that was accepted.
 *
 * @param sequence its place in the order of acceptance
 * @param createdAt microseconds since 1970; null if nobody knows
 * @param owner name of the key that it was handed in with; null if with none, or if nobody knows
 * @param firstBatch whose first dispatch the ledger still tells of, counted from 0; more than 0 only where it
 *     has been deleted
 * @param batches how many it has, as far as can be told
 * @param finished whether the store says that all of them have ended
 * @param deleted whether it is in the ledger alone, its retention being over
 */
record Accepted(
        long sequence,
        String priority,
        @Nullable Long createdAt,
        @Nullable String owner,
        int firstBatch,
        int batches,
        boolean finished,
        boolean deleted) {

    /** Whether its age and its key are known: not of what was deleted, unless a run told of them to which they mattered. */
    boolean isOriginKnown() {
        return createdAt != null;
    }
}
