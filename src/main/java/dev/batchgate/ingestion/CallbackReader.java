package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.jackson.JacksonComponent;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads {@code callback_url} from a body: a URL that {@link Callbacks} has no objection to. */
@JacksonComponent
class CallbackReader extends ValueDeserializer<CallbackUrl> {

    private static final String POINTER = "/callback_url";

    private final ObjectProvider<Callbacks> callbacks;

    CallbackReader(ObjectProvider<Callbacks> callbacks) {
        this.callbacks = callbacks;
    }

    @Override
    public CallbackUrl deserialize(JsonParser parser, DeserializationContext context) {
        InvalidRequest.requireFirst(POINTER, context);
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid();
        }
        String url = parser.getString();
        callbacks.getObject().objection(url).ifPresent(rule -> {
            throw new InvalidRequest(POINTER, rule);
        });
        return new CallbackUrl(url);
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
        return new InvalidRequest(POINTER, "must be a URL such as \"https://example.com/hook\", or be left out");
    }
}
