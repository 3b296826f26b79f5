package dev.batchgate.ingestion;

import java.util.UUID;

/**
 * What a queue is asked to accept.
 *
 * @param batchSize ids in a batch, 1 or more; stays with the ingestion when the configuration changes
 */
public record Submission(UUID id, Priority priority, Ids ids, int batchSize) {

    public Submission {
        if (ids.size() < 1 || batchSize < 1) {
            throw new IllegalArgumentException(ids.size() + " ids in batches of " + batchSize);
        }
    }

    public int batches() {
        return Batch.count(ids, batchSize);
    }
}
