package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where one ingestion stands, as its batches imply. */
public enum IngestionStatus {
    /** No batch has begun. */
    @JsonProperty("yet_to_start")
    YET_TO_START,
    /** Some batch has begun, and not every batch has ended. */
    @JsonProperty("triggered")
    TRIGGERED,
    /** Every batch completed. */
    @JsonProperty("completed")
    COMPLETED,
    /** Every batch ended, at least one of them failed. */
    @JsonProperty("failed")
    FAILED,
    /** Every batch ended, none failed, at least one was cancelled. */
    @JsonProperty("cancelled")
    CANCELLED;

    /** Whether nothing more will happen to it, unless somebody asks for it again. */
    public boolean isEnd() {
        return this != YET_TO_START && this != TRIGGERED;
    }

    /**
     * The status that follows from the batches.
     *
     * @param begun whether any batch has left {@link BatchStatus#YET_TO_START}
     */
    static IngestionStatus of(Progress progress, boolean begun) {
        if (!begun) {
            return YET_TO_START;
        }
        if (progress.ended() < progress.total()) {
            return TRIGGERED;
        }
        if (progress.failed() > 0) {
            return FAILED;
        }
        return progress.cancelled() > 0 ? CANCELLED : COMPLETED;
    }
}
