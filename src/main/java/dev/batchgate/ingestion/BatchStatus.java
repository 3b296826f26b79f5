package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where one batch stands. It moves down this list, from waiting through fetching to one
 * of the ends, and back only when its failed ids are asked for again. */
public enum BatchStatus {
    /** Accepted, waiting for its slot. */
    @JsonProperty("yet_to_start")
    YET_TO_START,
    /** Got a slot: is being fetched, or waits to be dispatched again. */
    @JsonProperty("triggered")
    TRIGGERED,
    /** Ended: every id was fetched. */
    @JsonProperty("completed")
    COMPLETED,
    /** Ended: at least one id failed for good; the batch's error says why. */
    @JsonProperty("failed")
    FAILED,
    /** Ended: no id failed, and at least one was taken back before it was fetched. */
    @JsonProperty("cancelled")
    CANCELLED;

    public boolean isEnd() {
        return compareTo(TRIGGERED) > 0;
    }
}
