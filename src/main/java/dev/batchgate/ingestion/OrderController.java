package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.annotation.JsonDeserialize;

/** What a caller decides about an ingestion after handing it in. Each answer shows it as it then stands. */
@RestController
@RequestMapping(path = "/ingest/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
@ApiResponse(responseCode = "404", description = "No such ingestion")
@ApiResponse(responseCode = "503", description = "Stopping, or the store cannot be written; see Retry-After")
class OrderController {

    private final IngestionService service;

    OrderController(IngestionService service) {
        this.service = service;
    }

    /** The body of a move; {@link RequiredPriority} reads it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "Move")
    record Move(
            @JsonProperty("priority")
            @JsonDeserialize(using = RequiredPriority.class)
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            Priority priority) {}

    @Operation(summary = "Take back what has not been fetched")
    @ApiResponse(responseCode = "200", description = "Nothing more of it is sent; to say it twice does no harm")
    @DeleteMapping
    StatusView cancel(@PathVariable String id) {
        return view(service.cancel(id));
    }

    @Operation(summary = "Move what is still to be dispatched to another priority")
    @ApiResponse(responseCode = "200", description = "Moved, as far as there was anything to move")
    @ApiResponse(responseCode = "400", description = "The body breaks a rule; errors says where and which")
    @PatchMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    StatusView move(@PathVariable String id, @RequestBody Move body) {
        return view(service.move(id, body.priority()));
    }

    @Operation(summary = "Ask for the failed ids again")
    @ApiResponse(responseCode = "200", description = "They wait for a slot")
    @ApiResponse(responseCode = "409", description = "No batch has failed")
    @ApiResponse(responseCode = "429", description = "The backlog is full; Retry-After says when to try again")
    @PostMapping("/retry")
    StatusView retry(@PathVariable String id) {
        return view(service.retry(id));
    }

    private StatusView view(Ingestion ingestion) {
        return StatusView.of(ingestion, service.foretell(ingestion));
    }
}
