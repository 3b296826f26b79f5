package dev.batchgate.ingestion;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.web.ErrorResponse;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;

/** Why a body could not be read, and where. The reason lies in the causes: a reader's, the edge's or the parser's. */
final class UnreadableBody {

    private UnreadableBody() {}

    /** The answer that whoever handed over the bytes has made already, such as one about their number. */
    static Optional<ErrorResponse> refusal(HttpMessageNotReadableException unreadable) {
        return cause(unreadable, ErrorResponse.class);
    }

    /** @param example of a body that would do */
    static InvalidRequest invalid(HttpMessageNotReadableException unreadable, String example) {
        return cause(unreadable, InvalidRequest.class)
                .or(() -> cause(unreadable, StreamConstraintsException.class)
                        .map(excess -> new InvalidRequest(
                                pointer(excess),
                                "is nested too deeply, or holds a name, number or string that is too long")))
                .or(() -> cause(unreadable, StreamReadException.class)
                        .map(malformed -> new InvalidRequest(pointer(malformed), malformation(malformed))))
                .orElseGet(() -> new InvalidRequest("", "must be a JSON object such as " + example));
    }

    private static String malformation(StreamReadException malformed) {
        return "is not well-formed JSON at line %d, column %d"
                .formatted(
                        malformed.getLocation().getLineNr(),
                        malformed.getLocation().getColumnNr());
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

    private static <T> Optional<T> cause(Throwable thrown, Class<T> type) {
        return Stream.iterate(thrown, Objects::nonNull, Throwable::getCause)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst();
    }
}
