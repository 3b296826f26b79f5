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
 * @param paused whether somebody closed the gate until somebody opens it
 * @param interval least time between the starts of two batches
 * @param nextSlotAt the earliest moment at which a batch may start: now, if the gate stands open; null while it is
 *     paused
 * @param closedUntil until when the upstream wants to be left alone; null if it does not
 * @param inFlight batches being fetched
 * @param maxInFlight most batches that may be fetched at once
 * @param waiting what waits, for every priority
 * @param upstream whether there is anybody to fetch from
 */
public record QueueState(
        @JsonProperty("paused") boolean paused,
        @JsonProperty("interval") Duration interval,
        @JsonProperty("next_slot_at") @Nullable Instant nextSlotAt,
        @JsonProperty("closed_until") @Nullable Instant closedUntil,
        @JsonProperty("in_flight") int inFlight,
        @JsonProperty("max_in_flight") int maxInFlight,
        @JsonProperty("waiting") Map<Priority, Waiting> waiting,
        @JsonProperty("upstream") UpstreamState upstream) {

    public QueueState {
        waiting = Collections.unmodifiableMap(new EnumMap<>(waiting));
    }

    /**
     * What waits in one priority.
     *
     * @param batches batches that no slot has been given to
     * @param retrying batches that were dispatched and wait to be dispatched again
     * @param oldest when the oldest ingestion with any of them was accepted; null if none waits
     */
    public record Waiting(
            @JsonProperty("batches") long batches,
            @JsonProperty("retrying") long retrying,
            @JsonProperty("oldest") @Nullable Instant oldest) {}

    /**
     * What the last dispatches say of the upstream.
     *
     * @param down whether so many dispatches in a row found no connection that until one does, each slot only probes
     * @param error what the last of them ran into; null if the last dispatch found a connection
     */
    public record UpstreamState(
            @JsonProperty("down") boolean down,
            @JsonProperty("error") @Nullable String error) {}
}
