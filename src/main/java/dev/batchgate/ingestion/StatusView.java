package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;

/**
 * An ingestion as {@code GET /status/{id}} shows it.
 *
 * @param position see {@link Forecast}; as the following three, absent where there is nothing to say
 * @param progress counts batches
 * @param batches in the order of the ids; made one by one while the answer is written, so that a large one costs little;
 *     absent in a list of ingestions
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record StatusView(
        @JsonProperty("ingestion_id") UUID ingestionId,
        @JsonProperty("status") IngestionStatus status,
        @JsonProperty("priority") Priority priority,
        @JsonProperty("created_at") Instant createdAt,
        @JsonProperty("progress") Progress progress,
        @JsonProperty("position") @Nullable Long position,
        @JsonProperty("estimated_start_at") @Nullable Instant estimatedStartAt,
        @JsonProperty("estimated_completion_at") @Nullable Instant estimatedCompletionAt,
        @JsonProperty("waiting_for") @Nullable WaitingFor waitingFor,
        @JsonProperty("batches") @Nullable List<BatchView> batches) {

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

    /** The whole answer, with the tag that it may be asked for by only if it has changed. */
    public static ResponseEntity<StatusView> answer(Ingestion ingestion, Optional<Forecast> forecast) {
        HttpHeaders headers = new HttpHeaders();
        tag(ingestion, headers::set);
        return ResponseEntity.ok().headers(headers).body(of(ingestion, forecast));
    }

    /** @param headers is given the name and the value of each field that says how long an answer may be kept */
    static void tag(Ingestion ingestion, BiConsumer<String, String> headers) {
        headers.accept(HttpHeaders.CACHE_CONTROL, "no-cache");
        // Weak, since what is foretold changes with the time.
        headers.accept(HttpHeaders.ETAG, "W/\"" + ingestion.revision() + '"');
    }

    /** Whether that field of a request names the tag that an ingestion has now. */
    static boolean isKnown(Ingestion ingestion, @Nullable String ifNoneMatch) {
        if (ifNoneMatch == null) {
            return false;
        }
        String now = String.valueOf(ingestion.revision());
        return ETag.parse(ifNoneMatch).stream()
                .anyMatch(tag -> !tag.isWildcard() && tag.tag().equals(now));
    }

    static StatusView of(Ingestion ingestion, Optional<Forecast> foretold) {
        return of(ingestion.outline(), foretold, batches(ingestion));
    }

    /** With those batches alone, by their places in the ingestion. */
    public static StatusView of(Ingestion ingestion, Optional<Forecast> foretold, int[] places) {
        return of(
                ingestion.outline(),
                foretold,
                Arrays.stream(places).mapToObj(batches(ingestion)::get).toList());
    }

    /** @param batches null if they are not to be shown */
    static StatusView of(Outline outline, Optional<Forecast> foretold, @Nullable List<BatchView> batches) {
        Forecast forecast = foretold.orElse(null);
        return new StatusView(
                outline.id(),
                outline.status(),
                outline.priority(),
                outline.createdAt(),
                outline.progress(),
                forecast == null ? null : forecast.position(),
                forecast == null ? null : forecast.startAt(),
                forecast == null ? null : forecast.completionAt(),
                forecast == null ? null : forecast.waitingFor(),
                batches);
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
