package dev.batchgate.ingestion;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** Port: what was fetched. What a completed batch brought is there as soon as it is seen to be completed. */
public interface Results {

    /**
     * What some consecutive ids of an ingestion have come to. No more is read than is comfortably held in memory.
     *
     * @param from place among the ingestion's ids of the first that is of interest, counted from 0
     * @return a page that is about one id at least, unless {@code from} is beyond the last; empty where there is no such ingestion, or none any more
     * @throws Unavailable when the store cannot be read
     */
    Optional<Page> read(UUID ingestionId, int from);

    /**
     * A part of the results.
     *
     * @param byPosition by place in the ingestion, counted from 0, for each id that has ended while its batch was
     *     dispatched
     * @param to places before this one have been looked at: those that are not in the map have not ended, or were never
     *     dispatched
     */
    record Page(SortedMap<Integer, IdOutcome> byPosition, int to) {
        public Page {
            byPosition = Collections.unmodifiableSortedMap(new TreeMap<>(byPosition));
        }
    }
}
