package dev.batchgate.results;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.MediaType;

/**
 * How lines become one answer.
 *
 * @param separator between two lines
 */
record Layout(MediaType mediaType, String opening, String separator, String closing) {

    /** A JSON value on each line (NDJSON). */
    static final Layout LINES = new Layout(MediaType.APPLICATION_NDJSON, "", "\n", "\n");

    /** One JSON array, with an element on each line. */
    static final Layout ARRAY = new Layout(MediaType.APPLICATION_JSON, "[\n", ",\n", "\n]\n");

    /** The one to answer with, if these are accepted, the most welcome first. */
    static Layout preferred(List<MediaType> accepted) {
        return accepted.stream()
                .flatMap(type -> Stream.of(LINES, ARRAY).filter(layout -> type.includes(layout.mediaType)))
                .findFirst()
                .orElse(LINES);
    }
}
