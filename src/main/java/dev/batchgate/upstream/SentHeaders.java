package dev.batchgate.upstream;

import dev.batchgate.ingestion.StartRefused;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The configured headers as they are sent with every request. */
final class SentHeaders {

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e]*");

    /** They say where a body ends, and the requests have none. */
    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

    private SentHeaders() {}

    /**
     * By name, whose case does not count; a dot in a configured name becomes a hyphen. Throws {@link StartRefused},
     * without a value, which may be a secret, if one cannot be sent.
     */
    static Map<String, String> of(Map<String, String> configured) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        configured.forEach((key, value) -> {
            String name = key.replace('.', '-');
            check(NAME.matcher(name).matches(), "its name is not one that HTTP allows");
            check(!FRAMING.contains(name.toLowerCase(Locale.ROOT)), name + " is Batchgate's own to set");
            check(VALUE.matcher(value).matches(), name + " has a value that HTTP does not allow");
            check(headers.put(name, value) == null, name + " is there twice");
        });
        return headers;
    }

    private static void check(boolean sound, String otherwise) {
        if (!sound) {
            throw new StartRefused(
                    "A header under batchgate.upstream.headers cannot be sent: " + otherwise + ".",
                    "Name each header once, upper and lower case being the same, with a name and a value of printable"
                            + " ASCII characters and no line break at the end.");
        }
    }
}
