package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.util.DisconnectedClientHelper;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;

/** Turns whatever goes wrong in a request into a problem detail that says what to change, never into a stack trace. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final int MOST_ECHOED = 64;
    private static final DisconnectedClientHelper DISCONNECTED = new DisconnectedClientHelper(Problems.class.getName());

    @ExceptionHandler
    ProblemDetail unknownIngestion(UnknownIngestion unknown) {
        String id = unknown.id().length() <= MOST_ECHOED
                ? unknown.id()
                : unknown.id().substring(0, MOST_ECHOED) + "…";
        return Problem.of(HttpStatus.NOT_FOUND, "There is no ingestion with the id %s.".formatted(id));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> backlogFull(BacklogFull full) {
        long seconds = retryAfterSeconds(full.retryAfter());
        String detail =
                "The backlog is full: it holds at most %d batches. Try again in %d s.".formatted(full.limit(), seconds);
        return ResponseEntity.status(HttpStatus.TOO_MANY_REQUESTS)
                .header(HttpHeaders.RETRY_AFTER, String.valueOf(seconds))
                .body(Problem.of(HttpStatus.TOO_MANY_REQUESTS, detail));
    }

    @ExceptionHandler
    ProblemDetail invalid(InvalidRequest invalid) {
        String sentences = invalid.fields().stream().map(InvalidField::sentence).collect(Collectors.joining("; "));
        return Problem.of(HttpStatus.BAD_REQUEST, "The request is invalid: %s.".formatted(sentences), invalid.fields());
    }

    @ExceptionHandler
    @Nullable
    ProblemDetail unforeseen(Exception defect) {
        if (DISCONNECTED.checkAndLogClientDisconnectedException(defect)) {
            return null;
        }
        log.error("A request failed for a reason that is Batchgate's own; this is a defect", defect);
        return Problem.of(
                HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong inside Batchgate; its log says what.");
    }

    /** The reason a body could not be read lies in the causes: ours, the container's, or the JSON parser's. */
    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        Optional<ErrorResponse> refusal = cause(unreadable, ErrorResponse.class);
        if (refusal.isPresent()) {
            ErrorResponse known = refusal.get();
            return createResponseEntity(known.getBody(), known.getHeaders(), known.getStatusCode(), request);
        }
        InvalidRequest invalid = cause(unreadable, InvalidRequest.class).orElseGet(() -> unparsable(unreadable));
        return createResponseEntity(invalid(invalid), headers, status, request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Object complete = body instanceof ProblemDetail problem ? Problem.complete(problem) : body;
        return new ResponseEntity<>(complete, headers, status);
    }

    private static InvalidRequest unparsable(HttpMessageNotReadableException unreadable) {
        Optional<StreamConstraintsException> excessive = cause(unreadable, StreamConstraintsException.class);
        if (excessive.isPresent()) {
            return new InvalidRequest(
                    pointer(excessive.get()), "is nested too deeply, or holds a name or number that is too long");
        }
        return cause(unreadable, StreamReadException.class)
                .map(malformed -> new InvalidRequest(
                        pointer(malformed),
                        "is not well-formed JSON at line %d, column %d"
                                .formatted(
                                        malformed.getLocation().getLineNr(),
                                        malformed.getLocation().getColumnNr())))
                .orElseGet(() -> new InvalidRequest(
                        "", "must be a JSON object such as {\"ids\":[1,2,3],\"priority\":\"HIGH\"}"));
    }

    /** Where the parser stopped, at most two levels deep: no field that Batchgate knows lies deeper. */
    private static String pointer(JacksonException malformed) {
        if (!(malformed.processor() instanceof JsonParser parser)) {
            return "";
        }
        // A segment holds no slash of its own: it would be written ~1.
        String[] segments =
                parser.streamReadContext().pathAsPointer().toString().split("/", 4);
        return String.join("/", Arrays.copyOf(segments, Math.min(3, segments.length)));
    }

    private static long retryAfterSeconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds());
    }

    private static <T> Optional<T> cause(Throwable thrown, Class<T> type) {
        return Stream.iterate(thrown, t -> t != null, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
