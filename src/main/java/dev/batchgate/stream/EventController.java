package dev.batchgate.stream;

import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Sighting;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/** What happens, as it happens, as server-sent events. */
@RestController
class EventController {

    private static final String LAST_EVENT_ID = "Last-Event-ID";

    /** Digits enough, and too few for an overflow. */
    private static final String NUMBER = "[0-9]{1,18}";

    private final IngestionService ingestions;
    private final StatusStreams statuses;
    private final QueueStreams queue;
    private final StreamRoom room;

    EventController(IngestionService ingestions, StatusStreams statuses, QueueStreams queue, StreamRoom room) {
        this.ingestions = ingestions;
        this.statuses = statuses;
        this.queue = queue;
        this.room = room;
    }

    @Operation(summary = "The status of an ingestion each time it changes, to its end")
    @ApiResponse(responseCode = "200", description = "Events, each with a revision of the ingestion as its id")
    @ApiResponse(responseCode = "204", description = "It has ended, as the client knows from Last-Event-ID")
    @ApiResponse(responseCode = "404", description = "No such ingestion")
    @ApiResponse(
            responseCode = "503",
            description = "Too many follow events, or the store cannot be read; see Retry-After")
    @GetMapping(path = "/status/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void status(
            @PathVariable String id,
            @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Sighting seen = ingestions.see(id);
        Ingestion ingestion = seen.ingestion();
        Long known = number(lastEventId);
        long revision = ingestion.revision();
        if (known != null && known == revision && ingestion.status().isEnd()) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return;
        }
        long told = known == null || known > revision ? -1 : known;
        stream(request, response, out -> statuses.follow(seen, told, request::startAsync, out, room::leave));
    }

    @Operation(summary = "The gate, the backlog and every dispatch, as they change")
    @ApiResponse(responseCode = "200", description = "Events; those of dispatches have an id to go on after")
    @ApiResponse(
            responseCode = "503",
            description = "Too many follow events, or the store cannot be read; see Retry-After")
    @GetMapping(path = "/queue/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    void queue(
            @RequestHeader(name = LAST_EVENT_ID, required = false) @Nullable String lastEventId,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        stream(request, response, out -> queue.follow(number(lastEventId), request::startAsync, out, room::leave));
    }

    private static @Nullable Long number(@Nullable String lastEventId) {
        return lastEventId == null || !lastEventId.matches(NUMBER) ? null : Long.valueOf(lastEventId);
    }

    /** Begins to follow. */
    private interface Following {
        void begin(ServletOutputStream out);
    }

    private void stream(HttpServletRequest request, HttpServletResponse response, Following following)
            throws IOException {
        room.enter();
        boolean followed = false;
        try {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            // Proxies would keep it until there is enough of it.
            response.setHeader("X-Accel-Buffering", "no");
            if (HttpMethod.HEAD.matches(request.getMethod())) {
                return;
            }
            if (!room.isRunning()) {
                // Not an error: browsers would take it for the end of all, and never come again.
                response.getOutputStream().write(EventText.FAREWELL.getBytes(StandardCharsets.UTF_8));
                return;
            }
            following.begin(response.getOutputStream());
            followed = true;
            room.endIfStopped();
        } finally {
            if (!followed) {
                room.leave();
            }
        }
    }
}
