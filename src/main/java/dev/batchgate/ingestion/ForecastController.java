package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a submission would get that is not made. */
@RestController
class ForecastController {

    private final IngestionService service;

    ForecastController(IngestionService service) {
        this.service = service;
    }

    /** A {@link Prospect} as it is sent; what there is nothing to say about is left out. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Forecast")
    record View(
            @JsonProperty("batches") int batches,
            @JsonProperty("position") @Nullable Long position,
            @JsonProperty("estimated_start_at") @Nullable Instant estimatedStartAt,

            @JsonProperty("estimated_completion_at") @Nullable
            Instant estimatedCompletionAt,

            @JsonProperty("waiting_for") WaitingFor waitingFor,
            @JsonProperty("pushes_back") PushesBack pushesBack) {

        static View of(Prospect prospect) {
            Forecast forecast = prospect.forecast();
            return new View(
                    prospect.batches(),
                    forecast.position(),
                    forecast.startAt(),
                    forecast.completionAt(),
                    forecast.waitingFor(),
                    new PushesBack(
                            prospect.behind(),
                            prospect.pushedBack().stream().map(PushedBack::of).toList(),
                            prospect.more()));
        }
    }

    @Schema(name = "PushesBack")
    record PushesBack(
            @JsonProperty("batches") long batches,
            @JsonProperty("ingestions") List<PushedBack> ingestions,
            @JsonProperty("more") boolean more) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "PushedBack")
    record PushedBack(
            @JsonProperty("ingestion_id") UUID ingestionId,
            @JsonProperty("priority") Priority priority,

            @JsonProperty("estimated_completion_at") @Nullable
            Instant estimatedCompletionAt,

            @JsonProperty("would_complete_at") @Nullable Instant wouldCompleteAt) {

        static PushedBack of(Prospect.PushedBack pushed) {
            return new PushedBack(pushed.id(), pushed.priority(), pushed.completionAt(), pushed.wouldBeAt());
        }
    }

    @Operation(summary = "What a submission would get, and whom it would push back; nothing is queued")
    @ApiResponse(responseCode = "200", description = "What would come of it if it were made now")
    @ApiResponse(responseCode = "400", description = "The body breaks a rule; errors says where and which")
    @ApiResponse(responseCode = "409", description = "It would be done later than complete_by")
    @ApiResponse(responseCode = "413", description = "The body is too large")
    @ApiResponse(responseCode = "415", description = "The body is not sent as application/json")
    @ApiResponse(responseCode = "429", description = "The backlog is full; Retry-After says when to try again")
    @ApiResponse(responseCode = "503", description = "The store cannot be read; see Retry-After")
    @PostMapping(
            path = "/queue/forecast",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    View forecast(@RequestBody(required = true) IngestionController.Request body) {
        return View.of(service.forecast(body.ids(), body.priority(), body.completeBy()));
    }
}
