package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How many batches an ingestion has, and how many of them ended in which way.
 *
 * @param total batches of the ingestion, 1 or more
 */
public record Progress(
        @JsonProperty("total") int total,
        @JsonProperty("completed") int completed,
        @JsonProperty("failed") int failed,
        @JsonProperty("cancelled") int cancelled) {

    /** Throws where the parts exceed the whole. */
    public Progress {
        if (total < 1 || completed < 0 || failed < 0 || cancelled < 0 || completed + failed + cancelled > total) {
            throw new IllegalArgumentException("%d batches cannot be %d completed, %d failed, %d cancelled"
                    .formatted(total, completed, failed, cancelled));
        }
    }

    int ended() {
        return completed + failed + cancelled;
    }
}
