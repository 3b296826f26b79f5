package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.UUID;

/**
 * What there is to say of an ingestion as a whole, as it stood at one moment.
 *
 * @param priority that it has now, whatever it was submitted with
 */
public record Outline(UUID id, Priority priority, Instant createdAt, Progress progress, IngestionStatus status) {

    /**
     * One that is known by its counts.
     *
     * @param dispatched batches that have been, at least once
     */
    public static Outline of(UUID id, Priority priority, Instant createdAt, Progress progress, int dispatched) {
        return new Outline(
                id,
                priority,
                createdAt,
                progress,
                IngestionStatus.of(progress, dispatched > 0 || progress.ended() > 0));
    }
}
