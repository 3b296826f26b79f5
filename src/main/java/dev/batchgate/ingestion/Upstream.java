package dev.batchgate.ingestion;

import java.util.concurrent.CompletionStage;

/** Port: the API that batches are fetched from. */
@FunctionalInterface
public interface Upstream {

    /**
     * Starts to fetch every id of a batch and returns without waiting for the answers. What can go wrong with an
     * upstream is told id by id, not by an exception. Entered by the dispatcher's thread.
     *
     * @param departed run, on any thread, as soon as the last request of the batch has been handed to the network or it
     *     is certain that it never will be
     */
    CompletionStage<Outcome> fetch(Batch batch, Runnable departed);
}
