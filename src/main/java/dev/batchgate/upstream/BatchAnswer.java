package dev.batchgate.upstream;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * An answer for several ids at once, taken apart: an array of objects, or objects one after the other, each with its
 * {@code id}; or an object with a member for each id. Entered by one thread, once.
 */
final class BatchAnswer {

    private static final Pattern DIGITS = Pattern.compile("[0-9]+");

    private final Answer answer;
    private final long maxItemBytes;
    private final Set<String> wanted;
    private final Map<String, IdOutcome> found = new HashMap<>();

    /** What becomes of the ids that are not found. */
    private IdOutcome rest;

    private BatchAnswer(List<Long> ids, Answer answer, long maxItemBytes) {
        this.answer = answer;
        this.maxItemBytes = maxItemBytes;
        this.wanted = ids.stream().map(String::valueOf).collect(Collectors.toSet());
        this.rest = answer.missed("the upstream's answer does not hold it");
    }

    /** What the answer is for each of the ids, in their order. */
    static List<IdOutcome> outcomes(List<Long> ids, Answer answer, long maxItemBytes) {
        BatchAnswer batch = new BatchAnswer(ids, answer, maxItemBytes);
        answer.jsonReadings().findFirst().ifPresentOrElse(batch::takeApart, batch::isNoText);
        return ids.stream()
                .map(id -> batch.found.getOrDefault(id.toString(), batch.rest))
                .toList();
    }

    /** What has been found stays found if it is no JSON after that. */
    private void takeApart(String text) {
        try (JsonParser parser = JsonText.parser(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.START_ARRAY) {
                    array(parser, text);
                } else {
                    item(parser, token, text, true);
                }
            }
        } catch (JacksonException malformed) {
            rest = JsonText.isAtItsEnd(malformed, text) ? answer.cut() : answer.failed(Answer.NOT_JSON);
        }
    }

    private void array(JsonParser parser, String text) {
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            item(parser, token, text, false);
        }
    }

    /** @param outermost whether an object without an id may have its members for the ids */
    private void item(JsonParser parser, @Nullable JsonToken token, String text, boolean outermost) {
        if (token != JsonToken.START_OBJECT) {
            JsonText.skip(parser);
            cannotBeMatched();
            return;
        }
        int start = start(parser);
        Members members = members(parser, text);
        if (members.id() != null) {
            found(members.id(), text.substring(start, end(parser)));
        } else if (outermost && members.keyed()) {
            members.wanted().forEach(this::found);
        } else {
            cannotBeMatched();
        }
    }

    private Members members(JsonParser parser, String text) {
        String id = null;
        boolean empty = true;
        boolean digits = false;
        Map<String, String> members = new HashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            int start = start(parser);
            if (id == null && name.equals("id")) {
                id = id(parser, value);
            }
            JsonText.skip(parser);
            if (wanted.contains(name)) {
                members.putIfAbsent(name, text.substring(start, end(parser)));
            }
            empty = false;
            digits = digits || DIGITS.matcher(name).matches();
        }
        return new Members(id, members, empty || digits);
    }

    private static @Nullable String id(JsonParser parser, @Nullable JsonToken value) {
        if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_STRING) {
            return null;
        }
        String id = parser.getString();
        return value == JsonToken.VALUE_NUMBER_INT || DIGITS.matcher(id).matches() ? id : null;
    }

    private void found(String id, String item) {
        if (wanted.contains(id)) {
            found.computeIfAbsent(id, first -> outcome(item));
        }
    }

    private IdOutcome outcome(String item) {
        if (item.getBytes(StandardCharsets.UTF_8).length > maxItemBytes) {
            return answer.failed(Answer.tooLarge(maxItemBytes));
        }
        return new IdOutcome.Fetched(
                JsonText.data(item).orElseGet(() -> new Data(Data.Form.TEXT, "application/json", item)));
    }

    private void cannotBeMatched() {
        rest = answer.failed("the upstream's answer cannot be matched: not all that it holds is objects with an id");
    }

    private void isNoText() {
        rest = answer.failed(Answer.NOT_JSON);
    }

    private static int start(JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    private static int end(JsonParser parser) {
        return (int) parser.currentLocation().getCharOffset();
    }

    /**
     * What an object tells about ids.
     *
     * @param id its own; null if it has none
     * @param wanted its members that are named like an id that was asked for
     * @param keyed whether its members may be items, each named like its id
     */
    private record Members(@Nullable String id, Map<String, String> wanted, boolean keyed) {}
}
