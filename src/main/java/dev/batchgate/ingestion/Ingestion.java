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
 * @param revision counts what has happened to it: each dispatch that began, each that ended and each order. The same as long as
 *     nothing has, greater once something did; the same on every replica, in every store and after a restart
 * @param progress counts its states
 * @param states one for each batch, in their order; never changes, and may be made when it is read, which takes longer
 */
public record Ingestion(
        UUID id,
        Priority priority,
        Instant createdAt,
        Ids ids,
        int batchSize,
        @Nullable String owner,
        long revision,
        Progress progress,
        List<BatchState> states) {

    public Ingestion {
        states = Collections.unmodifiableList(states);
    }

    /**
     * One whose states nobody has counted.
     *
     * @param orders how many orders about it have been carried out: cancellations, moves, retries
     */
    public static Ingestion of(
            UUID id,
            Priority priority,
            Instant createdAt,
            Ids ids,
            int batchSize,
            @Nullable String owner,
            int orders,
            List<BatchState> states) {
        long revision = orders;
        Map<BatchStatus, Integer> counts = new EnumMap<>(BatchStatus.class);
        for (BatchState state : states) {
            revision += state.revision();
            counts.merge(state.status(), 1, Integer::sum);
        }
        Progress progress = new Progress(
                states.size(),
                counts.getOrDefault(BatchStatus.COMPLETED, 0),
                counts.getOrDefault(BatchStatus.FAILED, 0),
                counts.getOrDefault(BatchStatus.CANCELLED, 0));
        return new Ingestion(id, priority, createdAt, ids, batchSize, owner, revision, progress, states);
    }

    public int batchCount() {
        return Batch.count(ids, batchSize);
    }

    public Batch batch(int index) {
        return Batch.cut(id, ids, batchSize, index);
    }

    public BatchState state(int index) {
        return states.get(index);
    }

    public Outline outline() {
        return new Outline(id, priority, createdAt, progress, status());
    }

    /** Whether every batch of it has. */
    boolean hasEnded() {
        return progress.ended() == progress.total();
    }

    /** The first of its batches is the first to begin. */
    public IngestionStatus status() {
        return IngestionStatus.of(progress, state(0).status() != BatchStatus.YET_TO_START);
    }
}
