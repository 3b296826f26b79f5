package dev.batchgate.upstream;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.hc.core5.http.ContentType;
import org.jspecify.annotations.Nullable;

/**
 * What an upstream says that a body is.
 *
 * @param name the {@code Content-Type} as it came, in short; null if there was none
 * @param charset of text; null if it is one that nobody here knows
 */
record MediaType(@Nullable String name, Kind kind, @Nullable Charset charset) {

    /** What can be made of a body. */
    enum Kind {
        /** Nothing is said: what it looks like decides. */
        UNNAMED,
        /** JSON, unless it is not well-formed. */
        JSON,
        /** Text in some other notation. */
        TEXT,
        /** Anything else. */
        BINARY
    }

    private static final int LONGEST_NAME = 200;

    /** What is text though its name begins with {@code application/}. */
    private static final Set<String> TEXTUAL = Set.of(
            "ecmascript",
            "graphql",
            "javascript",
            "json-seq",
            "jsonl",
            "jsonlines",
            "ndjson",
            "sql",
            "toml",
            "x-javascript",
            "x-ndjson",
            "x-sh",
            "x-www-form-urlencoded",
            "x-yaml",
            "xml",
            "xml-dtd",
            "yaml");

    static MediaType of(@Nullable String header) {
        if (header == null || header.isBlank()) {
            return new MediaType(null, Kind.UNNAMED, StandardCharsets.UTF_8);
        }
        String printable = header.strip().replaceAll("[^\\x20-\\x7e]", "?");
        String name = printable.substring(0, Math.min(LONGEST_NAME, printable.length()));
        ContentType parsed = ContentType.parseLenient(printable);
        return parsed == null
                ? new MediaType(name, Kind.BINARY, null)
                : new MediaType(name, kind(parsed.getMimeType().toLowerCase(Locale.ROOT)), charset(parsed));
    }

    private static Kind kind(String type) {
        if (type.equals("application/json") || type.equals("text/json") || type.endsWith("+json")) {
            return Kind.JSON;
        }
        boolean text = type.startsWith("text/")
                || type.endsWith("+xml")
                || type.endsWith("+yaml")
                || (type.startsWith("application/") && TEXTUAL.contains(type.substring("application/".length())));
        return text ? Kind.TEXT : Kind.BINARY;
    }

    private static @Nullable Charset charset(ContentType type) {
        String named = type.getParameter("charset");
        return named == null || named.isBlank() ? StandardCharsets.UTF_8 : type.getCharset();
    }

    /** The body as text in its charset; empty if it is none. */
    Optional<String> text(byte[] body) {
        return charset == null ? Optional.empty() : decode(body, charset);
    }

    /** The body as what may be JSON: in UTF-8, which JSON always is, or else in the charset that is named after all. */
    Stream<String> jsonReadings(byte[] body) {
        return Stream.of(Optional.of(StandardCharsets.UTF_8), Optional.ofNullable(charset))
                .flatMap(Optional::stream)
                .distinct()
                .flatMap(possible -> decode(body, possible).stream());
    }

    private static Optional<String> decode(byte[] body, Charset charset) {
        try {
            String text = charset.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return text.codePoints().allMatch(MediaType::canBeStored) ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException malformed) {
            return Optional.empty();
        }
    }

    /** U+0000 and half characters cannot be kept as text by every store. */
    private static boolean canBeStored(int character) {
        return character != 0 && Character.getType(character) != Character.SURROGATE;
    }
}
