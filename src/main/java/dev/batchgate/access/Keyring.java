package dev.batchgate.access;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The keys that let somebody in. Never changes; any thread may enter. */
final class Keyring {

    private final List<ApiKey> keys;

    Keyring(List<ApiKey> keys) {
        this.keys = List.copyOf(keys);
    }

    List<ApiKey> keys() {
        return keys;
    }

    /** The one that was presented. How long that takes says nothing: each is compared, also behind the one that it is. */
    Optional<ApiKey> find(String presented) {
        Digest digest = Digest.of(presented);
        @Nullable ApiKey found = null;
        for (ApiKey key : keys) {
            for (Digest known : key.digests()) {
                found = known.equals(digest) ? key : found;
            }
        }
        return Optional.ofNullable(found);
    }
}
