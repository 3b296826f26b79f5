package dev.batchgate.ledger;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of the ids of one batch.
 *
 * @param ids how many it has
 * @param run of its last dispatch; null if it was never dispatched
 * @param status how it has ended; null if it has not
 * @param completed of its ids that many were fetched
 * @param failed that many failed for good
 * @param cancelled that many were taken back
 */
record Kept(
        long ingestion,
        int batch,
        int ids,
        @Nullable Run run,
        @Nullable String status,
        int completed,
        int failed,
        int cancelled) {

    String name() {
        return "batch %d of ingestion %d".formatted(batch + 1, ingestion);
    }

    int results() {
        return completed + failed + cancelled;
    }
}
