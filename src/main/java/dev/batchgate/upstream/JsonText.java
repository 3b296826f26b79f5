package dev.batchgate.upstream;

import dev.batchgate.ingestion.Data;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** JSON that is looked through and kept as it was sent: numbers with all their digits, members in their order. */
final class JsonText {

    /** What goes beyond is JSON too, but whoever reads it together with other results might get none of them. */
    private static final int MOST_NESTED = 500;

    private static final int LONGEST_NUMBER = 1_000;

    /** What can be begun so that it is taken for something else. */
    private static final List<String> BEGUN = List.of("true", "false", "null", ".");

    /** Each level takes memory while it is open, which would be a hundred times what the answer takes. */
    private static final int MOST_FOLLOWED = 10_000;

    private static final JsonFactory ANY = factory(MOST_FOLLOWED, Integer.MAX_VALUE);
    private static final JsonFactory READABLE = factory(MOST_NESTED, LONGEST_NUMBER);

    private JsonText() {}

    /** The one value that a text consists of; empty if it is not JSON, or none that is read everywhere. */
    static Optional<Data> data(String text) {
        try (JsonParser parser = READABLE.createParser(ObjectReadContext.empty(), text)) {
            if (parser.nextToken() == null) {
                return Optional.empty();
            }
            skip(parser);
            return parser.nextToken() == null ? Optional.of(Data.json(line(text))) : Optional.empty();
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    /** Whether a text ends before the JSON does that it begins with. */
    static boolean isCut(String text) {
        try (JsonParser parser = parser(text)) {
            if (parser.nextToken() == null) {
                return true;
            }
            skip(parser);
            return false;
        } catch (JacksonException malformed) {
            return isAtItsEnd(malformed, text);
        }
    }

    /** Whether all that is wrong with a text is that it does not go on. */
    static boolean isAtItsEnd(JacksonException malformed, String text) {
        TokenStreamLocation place = malformed.getLocation();
        if (place == null || place.getCharOffset() < 0) {
            return false;
        }
        String rest = text.substring((int) Math.min(place.getCharOffset(), text.length()));
        return BEGUN.stream().anyMatch(token -> token.startsWith(rest));
    }

    /** For any number of values, one after the other. */
    static JsonParser parser(String text) {
        return ANY.createParser(ObjectReadContext.empty(), text);
    }

    /** Moves to the end of the value that the parser stands at. */
    static void skip(JsonParser parser) {
        parser.skipChildren();
        // A string is not looked at until it is asked for.
        parser.finishToken();
    }

    /** A byte order mark, which is none of the JSON. */
    static String withoutMark(String text) {
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }

    /** A line break can only stand between the parts of a value; inside of a string it is written as an escape. */
    private static String line(String text) {
        return text.replace('\r', ' ').replace('\n', ' ').strip();
    }

    private static JsonFactory factory(int nested, int number) {
        return JsonFactory.builder()
                // A table of names would be kept from answer to answer, and whoever sends them could fill it up.
                .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(nested)
                        .maxNumberLength(number)
                        .maxStringLength(Integer.MAX_VALUE)
                        .maxNameLength(Integer.MAX_VALUE)
                        .build())
                .build();
    }
}
