package dev.batchgate.ingestion;

import java.util.concurrent.CompletionStage;

/** Port: the API that batches are fetched from. */
@FunctionalInterface
public interface Upstream {

    /**
     * Starts to fetch every id of a batch and returns without waiting for the answers. What can go wrong with an
     * upstream is told id by id, not by an exception. Entered by the dispatcher's thread.
     *
     * @param departure asked just before each request of the batch is handed to the network, which is withheld unless
     *     it is allowed; and told, on any thread, that the last of them has been
     */
    CompletionStage<Outcome> fetch(Batch batch, Departure departure);
}
