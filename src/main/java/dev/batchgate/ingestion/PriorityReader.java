package dev.batchgate.ingestion;

import java.util.Arrays;
import org.springframework.boot.jackson.JacksonComponent;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads {@code priority} from a body: one of the names to the letter, or nothing at all, which means MEDIUM. */
@JacksonComponent
class PriorityReader extends ValueDeserializer<Priority> {

    static final String POINTER = "/priority";

    @Override
    public Priority deserialize(JsonParser parser, DeserializationContext context) {
        InvalidRequest.requireFirst(POINTER, context);
        String name = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : "";
        return Arrays.stream(Priority.values())
                .filter(priority -> priority.name().equals(name))
                .findAny()
                .orElseThrow(this::invalid);
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
        throw invalid();
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
        return Priority.MEDIUM;
    }

    InvalidRequest invalid() {
        return new InvalidRequest(POINTER, "must be \"HIGH\", \"MEDIUM\" or \"LOW\", or be left out for MEDIUM");
    }
}
