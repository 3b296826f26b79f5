package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import java.util.List;
import java.util.Map;

/**
 * What a process takes over from the ones before it.
 *
 * @param run number of this process among all that used the store
 * @param open every ingestion of which some batch has not ended, in the order of acceptance
 * @param newest sequence of the newest ingestion
 * @param createdAtMicros creation time of the newest ingestion; no later one may be older
 * @param opensAt when the first slot opens, in the ticker's nanoseconds
 * @param closedUntil until when the upstream wants to be left alone, in the ticker's nanoseconds
 * @param fetches how long the last fetches took, in nanoseconds, the latest last
 * @param turns the last slot of each that took turns
 * @param paused whether the gate is to stay closed until somebody opens it
 */
record Backlog(
        long run,
        List<Tracked> open,
        long newest,
        long createdAtMicros,
        long opensAt,
        long closedUntil,
        List<Long> fetches,
        Map<Fairness.Turn, Long> turns,
        boolean paused) {}
