package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Verdict;
import java.util.List;

/**
 * The batch that was the most urgent at one moment, in the journal's hand.
 *
 * @param batch with the ids that are to be fetched
 * @param places of those ids in the whole batch, counted from 0
 * @param attempt how often it will have been dispatched, this time included
 * @param counted the same without those that do not count as attempts
 * @param before what its other ids have come to
 * @param newest sequence of the newest ingestion that there was to choose from
 * @param rank in which it was the most urgent, 0 for the highest
 */
record Choice(
        Tracked ingestion,
        Batch batch,
        List<Integer> places,
        int attempt,
        int counted,
        Verdict.Before before,
        long newest,
        int rank) {

    int index() {
        return batch.index();
    }
}
