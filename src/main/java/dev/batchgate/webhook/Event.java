package dev.batchgate.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.IngestionStatus;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;

/**
 * The body of what is sent; the same at each attempt.
 *
 * @param type ingestion.completed, ingestion.failed or ingestion.cancelled
 * @param timestamp when the ingestion ended
 */
@Schema(name = "Event")
record Event(
        @JsonProperty("type") String type,
        @JsonProperty("timestamp") Instant timestamp,
        @JsonProperty("data") Data data) {

    /** The ingestion as it was at that end. */
    @Schema(name = "EndedIngestion")
    record Data(
            @JsonProperty("ingestion_id") UUID ingestionId,
            @JsonProperty("status") IngestionStatus status,
            @JsonProperty("priority") Priority priority,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("finished_at") Instant finishedAt,
            @JsonProperty("progress") Progress progress) {}

    static Event of(Delivery delivery) {
        Outline ended = delivery.ended();
        return new Event(
                type(ended.status()),
                delivery.endedAt(),
                new Data(
                        ended.id(),
                        ended.status(),
                        ended.priority(),
                        ended.createdAt(),
                        delivery.endedAt(),
                        ended.progress()));
    }

    static String type(IngestionStatus status) {
        return "ingestion." + status.name().toLowerCase(Locale.ROOT);
    }
}
