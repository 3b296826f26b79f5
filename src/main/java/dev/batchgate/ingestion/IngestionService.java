package dev.batchgate.ingestion;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Accepts ingestions into the queue and answers for them. Safe for use by any thread; keeps nothing itself. */
class IngestionService {

    private final BatchQueue queue;
    private final IngestionIds newIds;
    private final GracefulStop stop;
    private final int batchSize;

    IngestionService(BatchQueue queue, IngestionIds newIds, GracefulStop stop, BatchgateProperties properties) {
        this.queue = queue;
        this.newIds = newIds;
        this.stop = stop;
        this.batchSize = properties.batchSize();
    }

    /**
     * Accepts ids for fetching; they are on stable storage once it returns.
     *
     * @return the id to ask for them by
     * @throws BacklogFull when there is no room for their batches now
     * @throws KeyReused when the idempotency key stands for another submission
     * @throws Unavailable when the service stops, or its store cannot be written
     */
    UUID accept(Ids ids, Priority priority, @Nullable String idempotencyKey) {
        stop.requireRunning();
        return queue.add(new Submission(newIds.next(), priority, ids, batchSize, idempotencyKey));
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
