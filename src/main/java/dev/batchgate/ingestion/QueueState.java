package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gate and the backlog at one moment.
 *
 * @param interval least time between the starts of two batches
 * @param nextSlotAt the earliest moment at which a batch may start; now, if the gate stands open
 * @param inFlight batches being fetched
 * @param maxInFlight most batches that may be fetched at once
 * @param waiting what waits, for every priority
 */
public record QueueState(
        @JsonProperty("interval") Duration interval,
        @JsonProperty("next_slot_at") Instant nextSlotAt,
        @JsonProperty("in_flight") int inFlight,
        @JsonProperty("max_in_flight") int maxInFlight,
        @JsonProperty("waiting") Map<Priority, Waiting> waiting) {

    public QueueState {
        waiting = Collections.unmodifiableMap(new EnumMap<>(waiting));
    }

    /**
     * What waits in one priority.
     *
     * @param batches batches that no slot has been given to
     * @param oldest when the oldest ingestion among them was accepted; null if none waits
     */
    public record Waiting(
            @JsonProperty("batches") long batches,
            @JsonProperty("oldest") @Nullable Instant oldest) {}
}
