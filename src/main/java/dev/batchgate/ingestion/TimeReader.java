package dev.batchgate.ingestion;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads {@code complete_by} from a body: a time as in RFC 3339, with any offset. */
class TimeReader extends ValueDeserializer<Instant> {

    private static final String POINTER = "/complete_by";

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context) {
        InvalidRequest.requireFirst(POINTER, context);
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid();
        }
        // Years of more digits are ISO 8601's alone.
        if (!parser.getString().matches("\\d{4}-.*")) {
            throw invalid();
        }
        try {
            return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(parser.getString(), Instant::from);
        } catch (DateTimeException malformed) {
            throw invalid();
        }
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
        throw invalid();
    }

    @Override
    public @Nullable Object getAbsentValue(DeserializationContext context) {
        return null;
    }

    private static InvalidRequest invalid() {
        return new InvalidRequest(POINTER, "must be a time such as \"2026-11-24T18:00:00Z\", or be left out");
    }
}
