package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;

/**
 * An ingestion as {@code GET /status/{id}} shows it.
 *
 * @param progress counts batches
 * @param batches in the order of the ids; made one by one while the answer is written, so that a large one costs little
 */
public record StatusView(
        @JsonProperty("ingestion_id") UUID ingestionId,
        @JsonProperty("status") IngestionStatus status,
        @JsonProperty("priority") Priority priority,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("progress") Progress progress,
        @JsonProperty("batches") List<BatchView> batches) {

    /**
     * One batch of the ingestion.
     *
     * @param attempts how often it has been dispatched
     * @param startedAt when it was dispatched first; absent if it never was
     * @param finishedAt when it ended; absent until it has
     * @param error why ids of it failed, or why it waits to be dispatched again; absent if there is nothing to say
     * @param nextAttemptAt when it may be dispatched again at the earliest; absent unless it waits for that
     * @param unknownOutcomes earlier dispatches whose end Batchgate did not live to see; absent if there were none
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record BatchView(
            @JsonProperty("batch_id") String batchId,
            @JsonProperty("ids") List<Long> ids,
            @JsonProperty("status") BatchStatus status,
            @JsonProperty("attempts") int attempts,
            @JsonProperty("started_at") @Nullable Instant startedAt,
            @JsonProperty("finished_at") @Nullable Instant finishedAt,
            @JsonProperty("error") @Nullable String error,
            @JsonProperty("next_attempt_at") @Nullable Instant nextAttemptAt,
            @JsonProperty("unknown_outcomes") @Nullable Integer unknownOutcomes) {}

    /**
     * The whole answer, with the tag that it may be asked for by only if it has changed.
     *
     * @param version of the ingestion
     */
    public static ResponseEntity<StatusView> answer(Ingestion ingestion, String version) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noCache())
                .eTag(version)
                .body(of(ingestion));
    }

    static StatusView of(Ingestion ingestion) {
        Progress progress = ingestion.progress();
        return new StatusView(
                ingestion.id(),
                ingestion.status(progress),
                ingestion.priority(),
                ingestion.createdAt(),
                progress,
                batches(ingestion));
    }

    private static List<BatchView> batches(Ingestion ingestion) {
        return new AbstractList<>() {
            @Override
            public BatchView get(int index) {
                Batch batch = ingestion.batch(index);
                BatchState state = ingestion.state(index);
                Integer unknown = state.unknownOutcomes() == 0 ? null : state.unknownOutcomes();
                return new BatchView(
                        batch.id(),
                        batch.ids(),
                        state.status(),
                        state.attempts(),
                        state.startedAt(),
                        state.finishedAt(),
                        state.error(),
                        state.nextAttemptAt(),
                        unknown);
            }

            @Override
            public int size() {
                return ingestion.batchCount();
            }
        };
    }
}
