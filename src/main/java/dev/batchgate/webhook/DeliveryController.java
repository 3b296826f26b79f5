package dev.batchgate.webhook;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** How far the news of an ingestion's ends is, for whoever may see the ingestion. */
@RestController
@RequestMapping(path = "/ingest/{id}/deliveries", produces = MediaType.APPLICATION_JSON_VALUE)
class DeliveryController {

    private final IngestionService ingestions;
    private final Outbox outbox;
    private final Signer signer;

    DeliveryController(IngestionService ingestions, Outbox outbox, Signer signer) {
        this.ingestions = ingestions;
        this.outbox = outbox;
        this.signer = signer;
    }

    @Schema(name = "Deliveries")
    record Deliveries(@JsonProperty("deliveries") List<View> deliveries) {}

    /**
     * One of them; what there is nothing to say about is left out.
     *
     * @param id sent as {@code webhook-id}
     * @param event sent as {@code type}
     * @param createdAt when the ingestion ended
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Delivery")
    record View(
            @JsonProperty("id") UUID id,
            @JsonProperty("event") String event,
            @JsonProperty("state") DeliveryState state,
            @JsonProperty("attempts") int attempts,
            @JsonProperty("last_status") @Nullable Integer lastStatus,
            @JsonProperty("last_error") @Nullable String lastError,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("next_attempt_at") @Nullable Instant nextAttemptAt,
            @JsonProperty("delivered_at") @Nullable Instant deliveredAt) {

        static View of(Outbox.Entry entry) {
            return new View(
                    entry.id(),
                    Event.type(entry.event()),
                    entry.state(),
                    entry.attempts(),
                    entry.lastStatus(),
                    entry.lastError(),
                    entry.createdAt(),
                    entry.nextAttemptAt(),
                    entry.state() == DeliveryState.DELIVERED ? entry.endedAt() : null);
        }
    }

    @Operation(summary = "Whether its callback_url has been told of its end")
    @ApiResponse(responseCode = "200", description = "One for each end, newest first, 100 at most")
    @ApiResponse(responseCode = "404", description = "No such ingestion")
    @GetMapping
    Deliveries list(@PathVariable String id) {
        UUID ingestion = ingestions.find(id).id();
        return new Deliveries(outbox.of(ingestion).stream().map(View::of).toList());
    }

    @Operation(summary = "Send one of them again, at once and under its old id")
    @ApiResponse(responseCode = "200", description = "It is to be sent, whatever became of it before")
    @ApiResponse(responseCode = "404", description = "No such ingestion, or no such delivery of it")
    @ApiResponse(responseCode = "409", description = "No webhook secret is configured, so nothing can be sent")
    @ApiResponse(responseCode = "503", description = "Stopping, or the store cannot be written; see Retry-After")
    @PostMapping("/{delivery}/redeliver")
    View redeliver(@PathVariable String id, @PathVariable String delivery) {
        UUID ingestion = ingestions.find(id).id();
        if (!signer.isConfigured()) {
            throw refusal(
                    HttpStatus.CONFLICT,
                    "No webhook secret is configured (batchgate.webhook.secrets), so nothing is sent.");
        }
        return outbox.redeliver(ingestion, known(delivery)).map(View::of).orElseThrow(DeliveryController::unknown);
    }

    private static UUID known(String delivery) {
        try {
            return UUID.fromString(delivery);
        } catch (IllegalArgumentException malformed) {
            throw unknown();
        }
    }

    private static ErrorResponseException unknown() {
        return refusal(HttpStatus.NOT_FOUND, "The ingestion has no delivery with that id.");
    }

    private static ErrorResponseException refusal(HttpStatus status, String detail) {
        return new ErrorResponseException(status, Problem.of(status, detail), null);
    }
}
