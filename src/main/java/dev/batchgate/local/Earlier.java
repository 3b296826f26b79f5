package dev.batchgate.local;

import dev.batchgate.ingestion.KeyReused;
import dev.batchgate.ingestion.Submission;
import java.util.UUID;

/** What has been accepted under a key. */
record Earlier(String key, UUID id, String priority, PackedIds ids) {

    /** The ingestion's id, if it was accepted for an equal submission; else throws {@link KeyReused}. */
    UUID idFor(Submission submission) {
        if (priority.equals(submission.priority().name()) && ids.sameAs(PackedIds.of(submission.ids()))) {
            return id;
        }
        throw new KeyReused(key);
    }
}
