package dev.batchgate.stream;

import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Preferences;
import dev.batchgate.ingestion.StatusView;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * The status for those who say how long they would wait for it to change: from what {@code If-None-Match} stands for, or
 * from how it is when they ask. No thread waits with them.
 */
@RestController
class LongPollController {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final IngestionService ingestions;
    private final LongPolls polls;

    LongPollController(IngestionService ingestions, LongPolls polls) {
        this.ingestions = ingestions;
        this.polls = polls;
    }

    @Hidden // Described where the status is.
    @GetMapping(path = "/status/{id}", headers = Preferences.PREFER, produces = MediaType.APPLICATION_JSON_VALUE)
    DeferredResult<ResponseEntity<StatusView>> status(
            @PathVariable String id,
            @RequestHeader(name = HttpHeaders.IF_NONE_MATCH, required = false) @Nullable String known,
            HttpServletRequest request,
            HttpServletResponse response) {
        Optional<Duration> patience = Preferences.of(request)
                .patience()
                .filter(asked -> polls.hasRoom())
                .map(asked -> asked.compareTo(LONGEST) > 0 ? LONGEST : asked);
        patience.ifPresent(applied -> response.setHeader(Preferences.APPLIED, "wait=" + applied.toSeconds()));
        return polls.await(ingestions.see(id), versions(known), patience.orElse(Duration.ZERO));
    }

    /** Those that the client has; empty if it says nothing, or no more than that it has any. */
    private static Set<String> versions(@Nullable String ifNoneMatch) {
        List<ETag> tags = ifNoneMatch == null ? List.of() : ETag.parse(ifNoneMatch);
        return tags.stream().filter(tag -> !tag.isWildcard()).map(ETag::tag).collect(Collectors.toSet());
    }
}
