package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;

/**
 * One ingestion as it stood at one moment.
 *
 * @param createdAt when it was accepted; never earlier than that of an ingestion accepted before it
 * @param dispatched how many of its batches, from the first on, have been dispatched
 * @param open what is known of each dispatched batch, by index; a dispatched batch that is not in here plainly
 *     completed
 */
public record Ingestion(
        UUID id,
        Priority priority,
        Instant createdAt,
        Ids ids,
        int batchSize,
        int dispatched,
        Map<Integer, BatchState> open) {

    public Ingestion {
        open = Map.copyOf(open);
    }

    public int batchCount() {
        return Batch.count(ids, batchSize);
    }

    public Batch batch(int index) {
        return Batch.cut(id, ids, batchSize, index);
    }

    public BatchState state(int index) {
        return index < dispatched ? open.getOrDefault(index, BatchState.COMPLETED) : BatchState.YET_TO_START;
    }

    public Progress progress() {
        Map<BatchStatus, Integer> counts = new EnumMap<>(BatchStatus.class);
        open.values().forEach(state -> counts.merge(state.status(), 1, Integer::sum));
        int completed = dispatched - open.size() + counts.getOrDefault(BatchStatus.COMPLETED, 0);
        return new Progress(
                batchCount(),
                completed,
                counts.getOrDefault(BatchStatus.FAILED, 0),
                counts.getOrDefault(BatchStatus.CANCELLED, 0));
    }

    public IngestionStatus status() {
        return IngestionStatus.of(progress(), dispatched > 0);
    }
}
