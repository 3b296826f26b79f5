package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One ingestion as it stood at one moment.
 *
 * @param priority that it has now, whatever it was submitted with
 * @param createdAt when it was accepted; never earlier than that of an ingestion accepted before it
 * @param owner name of the key that it was handed in with; null if there was none
 * @param orders how many orders about it have been carried out: cancellations, moves, retries
 * @param states one for each batch, in their order; never changes, and may be made when it is read
 */
public record Ingestion(
        UUID id,
        Priority priority,
        Instant createdAt,
        Ids ids,
        int batchSize,
        @Nullable String owner,
        int orders,
        List<BatchState> states) {

    public Ingestion {
        states = Collections.unmodifiableList(states);
    }

    public int batchCount() {
        return Batch.count(ids, batchSize);
    }

    public Batch batch(int index) {
        return Batch.cut(id, ids, batchSize, index);
    }

    /**
     * Counts what has happened to it: each dispatch that began, each that ended and each order. The same as long as nothing
     * has, greater once something did; the same on every replica, in every store and after a restart.
     */
    public long revision() {
        return orders + states.stream().mapToLong(BatchState::revision).sum();
    }

    public BatchState state(int index) {
        return states.get(index);
    }

    public Progress progress() {
        Map<BatchStatus, Integer> counts = new EnumMap<>(BatchStatus.class);
        states.forEach(state -> counts.merge(state.status(), 1, Integer::sum));
        return new Progress(
                batchCount(),
                counts.getOrDefault(BatchStatus.COMPLETED, 0),
                counts.getOrDefault(BatchStatus.FAILED, 0),
                counts.getOrDefault(BatchStatus.CANCELLED, 0));
    }

    public Outline outline() {
        Progress progress = progress();
        return new Outline(id, priority, createdAt, progress, status(progress));
    }

    /** Whether every batch of it has. */
    boolean hasEnded() {
        return states.stream().allMatch(state -> state.status().isEnd());
    }

    public IngestionStatus status() {
        return status(progress());
    }

    /** Its status, for whoever has counted its batches already. The first of them is the first to begin. */
    IngestionStatus status(Progress counted) {
        return IngestionStatus.of(counted, state(0).status() != BatchStatus.YET_TO_START);
    }
}
