package dev.batchgate.ingestion;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What has been accepted under a key. */
public record Earlier(
        UUID id, String priority, PackedIds ids, @Nullable String callbackUrl) {

    /** The ingestion's id, if it was accepted for an equal submission; else throws {@link KeyReused}. */
    public UUID idFor(Submission submission) {
        if (priority.equals(submission.priority().name())
                && ids.sameAs(PackedIds.of(submission.ids()))
                && Objects.equals(callbackUrl, submission.origin().callbackUrl())) {
            return id;
        }
        throw new KeyReused(String.valueOf(submission.idempotencyKey()));
    }
}
