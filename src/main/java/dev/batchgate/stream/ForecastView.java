package dev.batchgate.stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.WaitingFor;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a {@code forecast} event tells: the members of a status that foretell. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ForecastView(
        @JsonProperty("ingestion_id") UUID ingestionId,
        @JsonProperty("position") @Nullable Long position,
        @JsonProperty("estimated_start_at") @Nullable Instant estimatedStartAt,
        @JsonProperty("estimated_completion_at") @Nullable Instant estimatedCompletionAt,
        @JsonProperty("waiting_for") WaitingFor waitingFor) {

    static ForecastView of(UUID id, Forecast forecast) {
        return new ForecastView(
                id, forecast.position(), forecast.startAt(), forecast.completionAt(), forecast.waitingFor());
    }
}
