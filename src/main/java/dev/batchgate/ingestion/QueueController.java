package dev.batchgate.ingestion;

import io.swagger.v3.oas.annotations.Operation;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the operator asks: how busy is the gate, how long is the line. */
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
}
