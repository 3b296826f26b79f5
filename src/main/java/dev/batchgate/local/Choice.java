package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;

/**
 * The batch that was the most urgent at one moment, in the dispatcher's hand.
 *
 * @param attempt how often it will have been dispatched, this time included
 * @param newest sequence of the newest ingestion that there was to choose from
 */
record Choice(Tracked ingestion, Batch batch, int attempt, long newest) {

    boolean repeats() {
        return attempt > 1;
    }
}
