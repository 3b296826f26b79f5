package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

/** The two calls of the original service: hand in ids, ask what became of them. */
@RestController
class IngestionController {

    private static final String RESPOND_ASYNC = "respond-async";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    private static final int LONGEST_KEY = 255;

    private final IngestionService service;
    private final Answering answering;
    private final JsonMapper json;
    private final ObjectWriter statuses;

    IngestionController(IngestionService service, Answering answering, JsonMapper json) {
        this.service = service;
        this.answering = answering;
        this.json = json;
        // Small ones leave in one piece, with their length; and none that breaks off is given an end.
        this.statuses = json.writerFor(StatusView.class)
                .withoutFeatures(StreamWriteFeature.AUTO_CLOSE_TARGET, StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
                .without(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    }

    /**
     * The body of a submission; its parts are read and checked by readers such as {@link IdsReader}. Other
     * members are ignored by name: else Jackson, which ignores them just as well, keeps them until the body has ended.
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    @Schema(name = "Submission")
    record Request(
            @JsonProperty("ids") @Schema(requiredMode = Schema.RequiredMode.REQUIRED)
            Ids ids,

            @JsonProperty("priority") @Schema(defaultValue = "MEDIUM")
            Priority priority,

            @JsonProperty("complete_by")
            @JsonDeserialize(using = TimeReader.class)
            @Schema(description = "Accept it only if it is done by then, going by the forecast")
            @Nullable
            Instant completeBy,

            @JsonProperty("callback_url")
            @Schema(
                    implementation = String.class,
                    format = "uri",
                    maxLength = 2048,
                    description = "Where its end is to be told, as Standard Webhooks has it")
            @Nullable
            CallbackUrl callbackUrl) {}

    record Accepted(@JsonProperty("ingestion_id") UUID ingestionId) {}

    @Operation(summary = "Hand in ids to fetch")
    @Parameter(
            name = Preferences.PREFER,
            in = ParameterIn.HEADER,
            schema = @Schema(type = "string", example = RESPOND_ASYNC))
    @Parameter(
            name = IDEMPOTENCY_KEY,
            in = ParameterIn.HEADER,
            description = "Makes it safe to send the same again: it is answered with the same ingestion",
            schema = @Schema(type = "string", minLength = 1, maxLength = LONGEST_KEY))
    @ApiResponse(
            responseCode = "200",
            description = "Accepted; Location is where to ask for the status",
            content = @Content(schema = @Schema(implementation = Accepted.class)))
    @ApiResponse(
            responseCode = "202",
            description = "The same, for Prefer: respond-async",
            content = @Content(schema = @Schema(implementation = Accepted.class)))
    @ApiResponse(responseCode = "400", description = "The body breaks a rule; errors says where and which")
    @ApiResponse(responseCode = "409", description = "It would be done later than complete_by; nothing is accepted")
    @ApiResponse(responseCode = "413", description = "The body is too large")
    @ApiResponse(responseCode = "415", description = "The body is not sent as application/json")
    @ApiResponse(responseCode = "422", description = "The Idempotency-Key stands for another submission")
    @ApiResponse(
            responseCode = "429",
            description = "The backlog is full, or the key's quota used up; Retry-After says when to try again")
    @ApiResponse(responseCode = "503", description = "Stopping, or the store cannot be written; see Retry-After")
    @PostMapping(
            path = "/ingest",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    void ingest(@RequestBody(required = true) Request body, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String key = checked(request.getHeader(IDEMPOTENCY_KEY));
        boolean prefersAccepted = Preferences.of(request).has(RESPOND_ASYNC);
        String location = request.getContextPath() + "/status/";
        Quota quota = service.caller().quota();
        answering.once(
                service.accept(body.ids(), body.priority(), body.completeBy(), body.callbackUrl(), key),
                request,
                response,
                receipt -> {
                    if (prefersAccepted) {
                        response.setStatus(HttpServletResponse.SC_ACCEPTED);
                        response.setHeader(Preferences.APPLIED, RESPOND_ASYNC);
                    }
                    RateLimitFields.add(response::setHeader, quota, receipt.remaining());
                    accepted(receipt.ingestionId(), location, response);
                });
    }

    private void accepted(UUID id, String location, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.LOCATION, location + id);
        // Not returned: what Spring does with a value costs more than to accept it; see docs/performance.md.
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        byte[] answer = json.writeValueAsBytes(new Accepted(id));
        // Announced, so that it is sent at once, where that need not wait; see docs/decisions/0031.
        response.setContentLength(answer.length);
        response.getOutputStream().write(answer);
    }

    @Operation(summary = "Where an ingestion stands, batch by batch")
    @Parameter(
            name = Preferences.PREFER,
            in = ParameterIn.HEADER,
            description = "wait=N: answer once it has changed, or after N seconds, 60 at most",
            schema = @Schema(type = "string", example = "wait=20"))
    @Parameter(
            name = HttpHeaders.IF_NONE_MATCH,
            in = ParameterIn.HEADER,
            description = "The ETag of the last answer: 304 as long as nothing has changed",
            schema = @Schema(type = "string"))
    @ApiResponse(
            responseCode = "200",
            description = "What is known of it now; ETag stands for it",
            content = @Content(schema = @Schema(implementation = StatusView.class)))
    @ApiResponse(responseCode = "304", description = "What If-None-Match stands for, still", content = @Content)
    @ApiResponse(responseCode = "404", description = "No such ingestion")
    @GetMapping(path = "/status/{id}", produces = MediaType.APPLICATION_JSON_VALUE)
    void status(@PathVariable String id, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Sighting seen = service.see(id);
        Ingestion ingestion = seen.ingestion();
        // Whoever knows it already is not told how it goes on either, so nobody need work that out.
        if (StatusView.isKnown(ingestion, request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            StatusView.tag(ingestion, response::setHeader);
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        StatusView answer = StatusView.of(ingestion, seen.foretell());
        StatusView.tag(ingestion, response::setHeader);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        // Not returned, as above.
        statuses.writeValue(response.getOutputStream(), answer);
    }

    private static @Nullable String checked(@Nullable String key) {
        if (key != null
                && (key.isEmpty()
                        || key.length() > LONGEST_KEY
                        || key.chars().anyMatch(character -> character < ' ' || character > '~'))) {
            throw Problem.badRequest("The Idempotency-Key must have 1 to %d characters, all of them printable ASCII."
                    .formatted(LONGEST_KEY));
        }
        return key;
    }
}
