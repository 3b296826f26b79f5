package dev.batchgate.local;

import dev.batchgate.ingestion.Verdict;
import java.util.List;

/**
 * What is still to be fetched of a batch that has been dispatched, and when.
 *
 * @param batch its place in its ingestion, counted from 0
 * @param places of the missing ids in the batch, counted from 0, in their order
 * @param counted dispatches that count as attempts
 * @param before what its other ids have come to
 * @param due when it may be dispatched again
 */
record Retry(int batch, List<Integer> places, int counted, Verdict.Before before, Moment due) {

    Retry {
        places = List.copyOf(places);
    }
}
