package dev.batchgate.local;

import java.util.List;

/**
 * What a process takes over from the ones before it.
 *
 * @param run number of this process among all that used the store
 * @param open every ingestion of which some batch has not ended, in the order of acceptance
 * @param lost the batches that were in flight when the process before ended, in the order of their slots; they go first
 * @param newest sequence of the newest ingestion
 * @param createdAtMicros creation time of the newest ingestion; no later one may be older
 * @param opensAt when the first slot opens, in the ticker's nanoseconds
 */
record Backlog(long run, List<Tracked> open, List<Lost> lost, long newest, long createdAtMicros, long opensAt) {

    /**
     * A batch whose outcome nobody knows.
     *
     * @param batch its place in its ingestion, counted from 0
     */
    record Lost(Tracked ingestion, int batch) {}
}
