package dev.batchgate.upstream;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/** An answer with a 2xx status, read to its end. */
final class Answer {

    /** The reason for an answer that has to be JSON and is something else. */
    static final String NOT_JSON = "the upstream's answer is not JSON that can be read";

    private final int status;
    private final MediaType type;
    private final byte[] body;
    private final boolean delimited;

    /**
     * Takes what was read.
     *
     * @param delimited whether it was said where the body ends; if not, the closing of the connection was its end, and
     *     would have been just the same if the upstream had broken down in the middle
     */
    Answer(int status, MediaType type, byte[] body, boolean delimited) {
        this.status = status;
        this.type = type;
        this.body = body;
        this.delimited = delimited;
    }

    /** What it is for the one id that was asked for. */
    IdOutcome outcome() {
        if (type.kind() == MediaType.Kind.JSON && !delimited && jsonReadings().anyMatch(JsonText::isCut)) {
            return cut();
        }
        return new IdOutcome.Fetched(data());
    }

    private Data data() {
        return body.length == 0 ? Data.NONE : json().or(this::text).orElseGet(this::binary);
    }

    private Optional<Data> json() {
        return switch (type.kind()) {
            case UNNAMED, JSON ->
                jsonReadings().flatMap(text -> JsonText.data(text).stream()).findFirst();
            case TEXT, BINARY -> Optional.empty();
        };
    }

    private Optional<Data> text() {
        Optional<String> text = switch (type.kind()) {
            case UNNAMED -> type.text(body).filter(Answer::looksLikeText);
            case JSON, TEXT -> type.text(body);
            case BINARY -> Optional.empty();
        };
        return text.map(characters -> new Data(Data.Form.TEXT, type.name(), characters));
    }

    private Data binary() {
        return new Data(Data.Form.BINARY, type.name(), Base64.getEncoder().encodeToString(body));
    }

    private static boolean looksLikeText(String text) {
        return text.chars().allMatch(c -> !Character.isISOControl(c) || c == '\t' || c == '\r' || c == '\n');
    }

    /** What it may mean as JSON, the likeliest first. */
    Stream<String> jsonReadings() {
        return type.jsonReadings(body).map(JsonText::withoutMark);
    }

    /** What it is for an id if it is JSON that ends in the middle. */
    IdOutcome cut() {
        return delimited ? failed(NOT_JSON) : missed("the upstream closed the connection in the middle of its answer");
    }

    IdOutcome.Missed missed(String reason) {
        return new IdOutcome.Missed(reason, status, true);
    }

    IdOutcome.Failed failed(String reason) {
        return new IdOutcome.Failed(reason, status);
    }

    /** The reason for an answer or a part of it that goes beyond its limit. */
    static String tooLarge(long maxBytes) {
        return "the upstream's answer is larger than batchgate.upstream.max-body allows (" + maxBytes + " bytes)";
    }
}
