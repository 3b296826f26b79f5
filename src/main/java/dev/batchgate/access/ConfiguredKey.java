package dev.batchgate.access;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key as somebody has configured it, nothing of which need make sense; {@link ApiKey#of} says what does not.
 *
 * @param name who has the key
 * @param sha256 the SHA-256 of the key, in hexadecimal digits; two, joined by {@code +}, while one takes the place of the other
 * @param role {@code submit} or {@code admin}
 * @param idsPerMinute ids that may be handed in a minute; unset: any number
 * @param maxBacklog batches that may wait, of what was handed in with it; unset: any number
 */
public record ConfiguredKey(
        @Nullable String name,
        @Nullable String sha256,
        @Nullable String role,
        @Nullable String idsPerMinute,
        @Nullable String maxBacklog) {

    private static final int FIXED = 3;

    /** Out of {@code name:role:sha256}, and after that any of the limits, as in {@code :ids-per-minute=1000}. */
    public static ConfiguredKey of(String text) {
        String[] parts = text.trim().split(":", -1);
        Map<String, String> limits = new HashMap<>();
        for (int i = FIXED; i < parts.length; i++) {
            String[] limit = parts[i].split("=", 2);
            limits.put(limit[0], limit.length < 2 ? "" : limit[1]);
        }
        ConfiguredKey key = new ConfiguredKey(
                parts[0],
                parts.length < FIXED ? null : parts[2],
                parts.length < 2 ? null : parts[1],
                limits.remove("ids-per-minute"),
                limits.remove("max-backlog"));
        // Shown as a limit that is none, rather than overlooked: it may be one that is misspelt.
        return limits.isEmpty()
                ? key
                : new ConfiguredKey(
                        key.name, key.sha256, key.role, limits.keySet().toString(), key.maxBacklog);
    }
}
