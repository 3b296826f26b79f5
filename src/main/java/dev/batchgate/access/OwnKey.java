package dev.batchgate.access;

import dev.batchgate.ingestion.OwnPass;
import dev.batchgate.ingestion.Quota;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A key that this process makes for itself, and that is good for one request. Any thread may enter. */
final class OwnKey implements OwnPass {

    private final AtomicReference<@Nullable Digest> expected = new AtomicReference<>();

    @Override
    public String authorization() {
        String key = NewKey.random();
        expected.set(Digest.of(key));
        return KeyFilter.SCHEME + " " + key;
    }

    /** Whether a key that was made has been used. */
    boolean isUsed() {
        return expected.get() == null;
    }

    /** The key, if this is it, and has not been used before. */
    Optional<ApiKey> use(String presented) {
        Digest digest = expected.get();
        return digest != null && digest.equals(Digest.of(presented)) && expected.compareAndSet(digest, null)
                ? Optional.of(new ApiKey("this process", Role.SUBMIT, List.of(), Quota.UNLIMITED))
                : Optional.empty();
    }
}
