package dev.batchgate.ingestion;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.jackson.JacksonComponent;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads {@code ids} from a body: JSON integers only, none coerced, each within the limits. Keeps no more ids than an
 * ingestion may have, whatever the body holds, and names the first few that are wrong.
 */
@JacksonComponent
class IdsReader extends ValueDeserializer<Ids> {

    private static final String POINTER = "/ids";
    private static final int MOST_FIELDS_NAMED = 10;

    private final BatchgateProperties.Limits limits;
    private final long maxIds;

    IdsReader(BatchgateProperties properties) {
        this.limits = properties.limits();
        this.maxIds = properties.maxIds();
    }

    @Override
    public Ids deserialize(JsonParser parser, DeserializationContext context) {
        InvalidRequest.requireFirst(POINTER, context);
        if (!parser.isExpectedStartArrayToken()) {
            throw invalid("must be an array of integers");
        }
        Ids.Builder ids = new Ids.Builder();
        List<InvalidField> wrong = new ArrayList<>();
        long count = 0;
        try {
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                if (count < maxIds && wrong.size() < MOST_FIELDS_NAMED) {
                    if (isId(parser, token)) {
                        ids.add(parser.getLongValue());
                    } else {
                        wrong.add(notAnId(count));
                    }
                }
                parser.skipChildren();
                count++;
            }
        } catch (StreamConstraintsException excess) {
            throw new InvalidRequest(List.of(notAnId(count)));
        }
        if (count == 0) {
            throw invalid("must hold at least 1 id");
        }
        if (count > maxIds) {
            throw invalid("must hold at most %d ids, not %d; split the list".formatted(maxIds, count));
        }
        if (!wrong.isEmpty()) {
            throw new InvalidRequest(wrong);
        }
        return ids.build();
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
        throw invalid("must be an array of integers, not null");
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
        throw invalid("is required");
    }

    private boolean isId(JsonParser parser, JsonToken token) {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            return false;
        }
        return switch (parser.getNumberType()) {
            case INT, LONG -> parser.getLongValue() >= 1 && parser.getLongValue() <= limits.maxId();
            default -> false;
        };
    }

    private InvalidField notAnId(long index) {
        return new InvalidField(POINTER + "/" + index, "must be an integer from 1 to " + limits.maxId());
    }

    private static InvalidRequest invalid(String detail) {
        return new InvalidRequest(POINTER, detail);
    }
}
