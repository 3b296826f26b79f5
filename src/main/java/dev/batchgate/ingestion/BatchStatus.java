package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where one batch stands. It only ever moves down this list, from waiting through fetching to one of the ends. */
public enum BatchStatus {
    /** Accepted, waiting for its slot. */
    @JsonProperty("yet_to_start")
    YET_TO_START,
    /** Got its slot and is being fetched. */
    @JsonProperty("triggered")
    TRIGGERED,
    /** Ended: every id was fetched. */
    @JsonProperty("completed")
    COMPLETED,
    /** Ended: at least one id could not be fetched; the batch's error says why. */
    @JsonProperty("failed")
    FAILED,
    /** Ended: taken back before it was dispatched. */
    @JsonProperty("cancelled")
    CANCELLED
}
