package dev.batchgate.ingestion;

import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.catalina.connector.ClientAbortException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Turns whatever goes wrong in a request into a problem detail that says what to change, never into a stack trace. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger log = LoggerFactory.getLogger(Problems.class);
    private static final int MOST_ECHOED = 64;
    private static final String NOT_ACCEPTABLE =
            "The Accept field rules out application/json, and there is no other form that fits it.";

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unknownIngestion(UnknownIngestion unknown) {
        String id = unknown.id();
        // By code points: half a surrogate pair would be no character at all.
        if (id.codePointCount(0, id.length()) > MOST_ECHOED) {
            id = id.substring(0, id.offsetByCodePoints(0, MOST_ECHOED)) + "…";
        }
        return Problem.answer(Problem.of(HttpStatus.NOT_FOUND, "There is no ingestion with the id %s.".formatted(id)));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> backlogFull(BacklogFull full) {
        long seconds = retryAfterSeconds(full.retryAfter());
        String detail = "The backlog is full: it holds at most %d batches. Try again in %d s.";
        return retryable(HttpStatus.TOO_MANY_REQUESTS, detail.formatted(full.limit(), seconds), seconds);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> quotaExceeded(QuotaExceeded exceeded) {
        long seconds = retryAfterSeconds(exceeded.retryAfter());
        Quota quota = exceeded.quota();
        String detail = switch (exceeded.limit()) {
            case IDS ->
                "No more than %d ids a minute may be handed in with this key. Try again in %d s."
                        .formatted(quota.idsPerMinute(), seconds);
            case BACKLOG ->
                "No more than %d batches of this key may wait. Try again in %d s."
                        .formatted(quota.maxBacklog(), seconds);
        };
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        RateLimitFields.add(headers::set, quota, exceeded.remaining(), exceeded.limit(), Duration.ofSeconds(seconds));
        return Problem.answer(Problem.of(HttpStatus.TOO_MANY_REQUESTS, detail), headers);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> neverFits(NeverFits never) {
        return Problem.answer(invalid(new InvalidRequest("/ids", never.rule())));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unavailable(Unavailable unavailable) {
        return retryable(
                HttpStatus.SERVICE_UNAVAILABLE,
                Objects.requireNonNull(unavailable.getMessage()),
                retryAfterSeconds(unavailable.retryAfter()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> keyReused(KeyReused reused) {
        String detail =
                "The Idempotency-Key %s has been used for other ids, another priority or another callback_url; take a new one.";
        return Problem.answer(Problem.of(HttpStatus.UNPROCESSABLE_CONTENT, detail.formatted(reused.key())));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooLate(TooLate late) {
        Instant earliest = late.earliest();
        ProblemDetail problem = Problem.of(
                HttpStatus.CONFLICT,
                earliest == null
                        ? "Nobody can say when it would be done, so nothing was accepted: the queue is paused, or too long."
                        : "It would not be done before %s, so nothing was accepted.".formatted(earliest));
        if (earliest != null) {
            problem.setProperty("earliest_completion_at", earliest);
        }
        return Problem.answer(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> nothingFailed(NothingFailed nothing) {
        String detail = "No batch of the ingestion %s has failed, so there is nothing to retry.";
        return Problem.answer(Problem.of(HttpStatus.CONFLICT, detail.formatted(nothing.ingestionId())));
    }

    /** The actuator reads the Accept field by itself. */
    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadableAccept(InvalidMimeTypeException unreadable) {
        return Problem.answer(Problem.of(HttpStatus.NOT_ACCEPTABLE, NOT_ACCEPTABLE));
    }

    @ExceptionHandler
    @Nullable
    ResponseEntity<ProblemDetail> unforeseen(Exception defect, HttpServletResponse response) throws Exception {
        if (Stream.<Throwable>iterate(defect, Objects::nonNull, Throwable::getCause)
                .anyMatch(ClientAbortException.class::isInstance)) {
            log.debug("A client went away before its answer was complete", defect);
            return null;
        }
        if (response.isCommitted()) {
            // Only the container can break off an answer that has begun, so that nobody takes it for a whole one.
            throw defect;
        }
        log.error("A request failed for a reason that is Batchgate's own; this is a defect", defect);
        return Problem.answer(Problem.of(
                HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong inside Batchgate; its log says what."));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleHttpMessageNotReadable(
            HttpMessageNotReadableException unreadable,
            HttpHeaders headers,
            HttpStatusCode status,
            WebRequest request) {
        return UnreadableBody.refusal(unreadable)
                .map(refusal ->
                        createResponseEntity(refusal.getBody(), refusal.getHeaders(), refusal.getStatusCode(), request))
                .orElseGet(() -> createResponseEntity(
                        invalid(UnreadableBody.invalid(unreadable, example(request))),
                        headers,
                        HttpStatus.BAD_REQUEST,
                        request));
    }

    private static String example(WebRequest request) {
        boolean move = ((ServletWebRequest) request).getHttpMethod().equals(HttpMethod.PATCH);
        return move ? "{\"priority\":\"HIGH\"}" : "{\"ids\":[1,2,3],\"priority\":\"HIGH\"}";
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception thrown, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return super.handleExceptionInternal(
                thrown, Problem.of(status, sentence(thrown, status, request)), headers, status, request);
    }

    @Override
    protected ResponseEntity<Object> createResponseEntity(
            @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        return new ResponseEntity<>(body, Problem.typed(headers), status);
    }

    private static ProblemDetail invalid(InvalidRequest invalid) {
        String sentences = invalid.fields().stream().map(InvalidField::sentence).collect(Collectors.joining("; "));
        ProblemDetail problem = Problem.of(HttpStatus.BAD_REQUEST, "The request is invalid: %s.".formatted(sentences));
        problem.setProperty("errors", invalid.fields());
        return problem;
    }

    private static String sentence(Exception thrown, HttpStatusCode status, WebRequest request) {
        if (thrown instanceof NoResourceFoundException || thrown instanceof NoHandlerFoundException) {
            return "There is nothing at %s; /v3/api-docs lists what there is."
                    .formatted(((ServletWebRequest) request).getRequest().getRequestURI());
        }
        if (thrown instanceof HttpRequestMethodNotSupportedException method) {
            String[] possible = Objects.requireNonNullElse(method.getSupportedMethods(), new String[0]);
            return "%s is not possible here, only %s.".formatted(method.getMethod(), String.join(", ", possible));
        }
        if (thrown instanceof HttpMediaTypeNotSupportedException) {
            return "The body must be sent with Content-Type: application/json.";
        }
        if (thrown instanceof HttpMediaTypeNotAcceptableException unacceptable) {
            return unacceptable.getSupportedMediaTypes().isEmpty()
                    ? NOT_ACCEPTABLE
                    : "The Accept field rules out %s, and there is no other form that fits it."
                            .formatted(MediaType.toString(unacceptable.getSupportedMediaTypes()));
        }
        String detail = thrown instanceof ErrorResponse known ? known.getBody().getDetail() : null;
        return detail != null ? detail : status.toString();
    }

    private static ResponseEntity<ProblemDetail> retryable(HttpStatus status, String detail, long seconds) {
        HttpHeaders headers = new HttpHeaders();
        headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds));
        return Problem.answer(Problem.of(status, detail), headers);
    }

    private static long retryAfterSeconds(Duration wait) {
        return Math.max(1, wait.plusMillis(999).toSeconds());
    }
}
