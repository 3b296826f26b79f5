package dev.batchgate.results;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Problem;
import dev.batchgate.ingestion.Results;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.NativeWebRequest;

/** What was fetched, read a page at a time while it is written. Keeps nothing between two pages but the place. */
@RestController
class ResultsController {

    private final IngestionService service;
    private final Results results;
    private final ContentNegotiationManager negotiation;

    ResultsController(IngestionService service, Results results, ContentNegotiationManager negotiation) {
        this.service = service;
        this.results = results;
        this.negotiation = negotiation;
    }

    @Operation(summary = "What was fetched, a line an id, in the order of the ids")
    @ApiResponse(
            responseCode = "200",
            description = "What each id has come to; broken off, without an end, where it cannot be told to the last",
            content = {
                @Content(mediaType = MediaType.APPLICATION_NDJSON_VALUE, schema = @Schema(implementation = Line.class)),
                @Content(
                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                        array = @ArraySchema(schema = @Schema(implementation = Line.class)))
            })
    @ApiResponse(responseCode = "404", description = "No such ingestion")
    @ApiResponse(responseCode = "503", description = "The store cannot be read; see Retry-After")
    @GetMapping(
            path = "/results/{id}",
            produces = {MediaType.APPLICATION_NDJSON_VALUE, MediaType.APPLICATION_JSON_VALUE})
    void results(@PathVariable String id, HttpMethod method, NativeWebRequest request, HttpServletResponse response)
            throws IOException, HttpMediaTypeNotAcceptableException {
        // Before any result is read: a batch that is seen to be completed here has its results there.
        Ingestion ingestion = service.find(id);
        Layout layout = Layout.preferred(negotiation.resolveMediaTypes(request));
        response.setContentType(layout.mediaType().toString());
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        if (!method.equals(HttpMethod.HEAD)) {
            write(ingestion, new LineWriter(layout, response.getOutputStream()), response);
        }
    }

    private void write(Ingestion ingestion, LineWriter lines, HttpServletResponse response) throws IOException {
        for (int from = 0; from < ingestion.ids().size(); ) {
            from = writePage(ingestion, from, lines, response);
        }
        lines.end();
    }

    /** Writes what is read at once, and forgets it; returns where the next page begins. */
    private int writePage(Ingestion ingestion, int from, LineWriter lines, HttpServletResponse response) {
        Results.Page page = read(ingestion, from, response);
        int to = Math.min(page.to(), ingestion.ids().size());
        Ingestion latest = null;
        for (int position = from; position < to; position++) {
            IdOutcome known = page.byPosition().get(position);
            int batch = position / ingestion.batchSize();
            if (known == null && latest == null && isFailed(ingestion, batch)) {
                // It may have been asked for again since, and then what had failed is not there any more.
                latest = service.find(ingestion.id().toString());
            }
            boolean again = latest != null && isFailed(ingestion, batch) && !isFailed(latest, batch);
            IdOutcome outcome = known != null || again ? known : implied(ingestion.state(batch));
            lines.write(Line.of(ingestion.ids().get(position), outcome));
        }
        return to;
    }

    private static boolean isFailed(Ingestion ingestion, int batch) {
        return ingestion.state(batch).status() == BatchStatus.FAILED;
    }

    private Results.Page read(Ingestion ingestion, int from, HttpServletResponse response) {
        try {
            Results.Page page = results.read(ingestion.id(), from).orElseThrow(() -> expired(ingestion));
            if (page.to() <= from) {
                throw new IllegalStateException("a page of results ends at %d, where it began".formatted(page.to()));
            }
            return page;
        } catch (RuntimeException failure) {
            // What has not left yet is taken back, and the failure is a problem like any other.
            throw response.isCommitted() ? new BrokenOff(ingestion.id(), from, failure) : failure;
        }
    }

    private static ErrorResponseException expired(Ingestion ingestion) {
        String detail = "There is no ingestion with the id %s any more.".formatted(ingestion.id());
        return new ErrorResponseException(HttpStatus.NOT_FOUND, Problem.of(HttpStatus.NOT_FOUND, detail), null);
    }

    /** What an id without a result has come to with its batch, which may have ended before results were kept. */
    private static @Nullable IdOutcome implied(BatchState batch) {
        return switch (batch.status()) {
            case YET_TO_START, TRIGGERED -> null;
            case COMPLETED -> new IdOutcome.Fetched(Data.NONE);
            case FAILED -> new IdOutcome.Failed(Objects.requireNonNull(batch.error()), null);
            case CANCELLED -> new IdOutcome.Cancelled();
        };
    }
}
