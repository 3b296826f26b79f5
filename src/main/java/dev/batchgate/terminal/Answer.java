package dev.batchgate.terminal;

import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the service answered.
 *
 * @param body all of it, or nothing where it is streamed
 * @param stream the body that is still to come, where it was asked for so and is what was asked for
 * @param at what time it was there then
 */
// The body is written or parsed where it was asked for, and never compared.
@SuppressWarnings("ArrayRecordComponent")
record Answer(int status, HttpHeaders headers, byte[] body, InputStream stream, Instant at) {

    private static final int OK = 200;
    static final int NOT_MODIFIED = 304;
    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    /** What also proxies answer while the service behind them is being replaced. */
    private static final Set<Integer> TEMPORARY = Set.of(408, 425, TOO_MANY, 500, 502, UNAVAILABLE, 504);

    private static final JsonMapper JSON = new JsonMapper();

    /** A body, read to its end or still to be read. */
    @SuppressWarnings("ArrayRecordComponent")
    record Body(byte[] whole, InputStream stream) {

        static HttpResponse.BodySubscriber<Body> whole(HttpResponse.ResponseInfo head) {
            return HttpResponse.BodySubscribers.mapping(
                    HttpResponse.BodySubscribers.ofByteArray(),
                    whole -> new Body(whole, InputStream.nullInputStream()));
        }

        static HttpResponse.BodySubscriber<Body> streamed(HttpResponse.ResponseInfo head) {
            return head.statusCode() == OK
                    ? HttpResponse.BodySubscribers.mapping(
                            HttpResponse.BodySubscribers.ofInputStream(), stream -> new Body(new byte[0], stream))
                    : whole(head);
        }
    }

    static Answer of(HttpResponse<Body> response, Instant localTime) {
        HttpHeaders headers = response.headers();
        Instant at = headers.firstValue("Date").flatMap(Answer::date).orElse(localTime);
        return new Answer(response.statusCode(), headers, response.body().whole(), response.body().stream(), at);
    }

    boolean isOk() {
        return status >= 200 && status < 300;
    }

    /** Whether the same may be answered otherwise a while later. */
    boolean isTemporary() {
        return TEMPORARY.contains(status);
    }

    /** Whether it says for sure that nothing has been done. */
    boolean didNothing() {
        return status == TOO_MANY || status == UNAVAILABLE;
    }

    /** Whether what was sent breaks a rule, or is larger than allowed. */
    boolean isInvalid() {
        return status == BAD_REQUEST || status == TOO_LARGE;
    }

    /** How long it asks to be left alone, in either form. */
    Optional<Duration> retryAfter() {
        return headers.firstValue("Retry-After")
                .map(String::strip)
                .flatMap(text -> text.matches("\\d{1,9}")
                        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
                        : date(text).map(until -> Duration.between(at, until)).filter(wait -> !wait.isNegative()));
    }

    /** Its body, if it is what was asked for; fails with what the service says otherwise. */
    Answer orRefuse() {
        if (isOk() || status == NOT_MODIFIED) {
            return this;
        }
        throw Failure.refused(describe());
    }

    JsonNode json() {
        try {
            JsonNode json = JSON.readTree(body);
            if (json.isObject()) {
                return json;
            }
        } catch (JacksonException isNot) {
            // What it is instead is of no interest.
        }
        throw Failure.refused("The answer is not Batchgate's: is the URL right?");
    }

    /** What it says of a request that it did not carry out. */
    String describe() {
        if (status >= 300 && status < 400) {
            return "The service redirects to %s: give that as --url."
                    .formatted(Plain.text(headers.firstValue("Location").orElse("nowhere")));
        }
        String detail = problem().path("detail").asString("");
        String said = detail.isEmpty()
                ? "The service answered with HTTP status %d.".formatted(status)
                : "%s (HTTP status %d)".formatted(Plain.text(detail), status);
        return said
                + switch (status) {
                    case UNAUTHORIZED -> "%nSet BATCHGATE_API_KEY to a key that it knows.".formatted();
                    case FORBIDDEN -> "%nSet BATCHGATE_API_KEY to a key that may do this.".formatted();
                    default -> "";
                };
    }

    /** RFC 9457; empty where the answer is from somebody else. */
    JsonNode problem() {
        try {
            return JSON.readTree(body);
        } catch (JacksonException fromElsewhere) {
            return JSON.createObjectNode();
        }
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException isNone) {
            return Optional.empty();
        }
    }
}
