package dev.batchgate.ingestion;

import java.util.UUID;

/** Accepts ingestions into the queue and answers for them. Safe for use by any thread; keeps nothing itself. */
class IngestionService {

    private final BatchQueue queue;
    private final int batchSize;

    IngestionService(BatchQueue queue, BatchgateProperties properties) {
        this.queue = queue;
        this.batchSize = properties.batchSize();
    }

    /**
     * Accepts ids for fetching.
     *
     * @return the id to ask for them by: random, so that nobody finds another's by guessing
     * @throws BacklogFull when there is no room for their batches now
     */
    UUID accept(Ids ids, Priority priority) {
        Submission submission = new Submission(UUID.randomUUID(), priority, ids, batchSize);
        queue.add(submission);
        return submission.id();
    }

    /** The ingestion with this id; throws {@link UnknownIngestion} if there is none, also where the id is malformed. */
    Ingestion find(String id) {
        try {
            return queue.find(UUID.fromString(id)).orElseThrow(() -> new UnknownIngestion(id));
        } catch (IllegalArgumentException malformed) {
            throw new UnknownIngestion(id);
        }
    }

    QueueState queue() {
        return queue.state();
    }
}
