package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Why the next batch of an ingestion is not dispatched at this moment; the first of these that holds. */
public enum WaitingFor {
    /** Somebody paused the queue, and nobody knows for how long. */
    @JsonProperty("paused")
    PAUSED,
    /** The upstream wants to be left alone. */
    @JsonProperty("upstream_retry_after")
    UPSTREAM_RETRY_AFTER,
    /** It was dispatched before, and waits for the time of its retry. */
    @JsonProperty("backoff")
    BACKOFF,
    /** Batches of a higher priority go first. */
    @JsonProperty("higher_priority")
    HIGHER_PRIORITY,
    /** Batches of the same priority go first that were accepted earlier. */
    @JsonProperty("earlier")
    EARLIER,
    /** It is another key's turn; where keys take turns. */
    @JsonProperty("turn")
    TURN,
    /** All that is left of it is being fetched; or it is the next one, and no more may be fetched at once. */
    @JsonProperty("in_flight")
    IN_FLIGHT,
    /** It is the next one. */
    @JsonProperty("slot")
    SLOT;

    /** Of an ingestion of which any batch waits. */
    static WaitingFor of(Standing standing) {
        Pace pace = standing.pace();
        if (pace.paused()) {
            return PAUSED;
        }
        if (pace.closedFor() > 0) {
            return UPSTREAM_RETRY_AFTER;
        }
        if (standing.own() == 0) {
            return BACKOFF;
        }
        Contest.Entrant contested = standing.contested();
        if (contested != null) {
            return contested.precededBy().orElse(pace.isFull() ? IN_FLIGHT : SLOT);
        }
        if (standing.higher() > 0) {
            return HIGHER_PRIORITY;
        }
        if (standing.earlier() > 0) {
            return EARLIER;
        }
        return pace.isFull() ? IN_FLIGHT : SLOT;
    }
}
