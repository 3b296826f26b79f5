package dev.batchgate.ingestion;

import java.util.Optional;
import java.util.UUID;

/**
 * Port: what callers and operators decide about what is queued. Each order is on stable storage and in effect for the
 * very next slot once the call returns; any thread may give one. Those about an ingestion return it as it then stands,
 * or nothing where there is none with that id.
 *
 * <p>All of them throw {@link Unavailable} when they cannot be stored.
 */
public interface Orders {

    /**
     * Takes back every id that is not being fetched at this moment and has not been: nothing of it is sent any more.
     * What is being fetched may still complete, and is not tried again. Changes nothing the second time.
     */
    Optional<Ingestion> cancel(UUID ingestionId);

    /** Moves what is still to be dispatched to another priority; it keeps its place in the order of acceptance. */
    Optional<Ingestion> move(UUID ingestionId, Priority priority);

    /**
     * Asks for the failed ids again, with all attempts anew.
     *
     * @throws NothingFailed where there are none
     * @throws BacklogFull when there is no room for them now
     */
    Optional<Ingestion> retry(UUID ingestionId);

    /** Closes the gate until {@link #resume}; what is being fetched goes on. */
    QueueState pause();

    QueueState resume();
}
