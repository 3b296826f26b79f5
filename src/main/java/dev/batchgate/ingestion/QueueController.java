package dev.batchgate.ingestion;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the operator asks and orders: how busy is the gate, how long is the line; close it, open it. */
@RestController
class QueueController {

    private final IngestionService service;

    QueueController(IngestionService service) {
        this.service = service;
    }

    @Operation(summary = "The gate and the backlog")
    @GetMapping(path = "/queue", produces = MediaType.APPLICATION_JSON_VALUE)
    QueueState queue() {
        return service.queue();
    }

    @Operation(summary = "Close the gate: nothing is dispatched until it is resumed, also after a restart")
    @ApiResponse(responseCode = "200", description = "Paused; what is being fetched goes on")
    @ApiResponse(responseCode = "503", description = "Stopping, or the store cannot be written; see Retry-After")
    @PostMapping(path = "/queue/pause", produces = MediaType.APPLICATION_JSON_VALUE)
    QueueState pause() {
        return service.pause();
    }

    @Operation(summary = "Open the gate again")
    @ApiResponse(responseCode = "200", description = "Not paused any more")
    @ApiResponse(responseCode = "503", description = "Stopping, or the store cannot be written; see Retry-After")
    @PostMapping(path = "/queue/resume", produces = MediaType.APPLICATION_JSON_VALUE)
    QueueState resume() {
        return service.resume();
    }
}
