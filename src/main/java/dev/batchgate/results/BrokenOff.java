package dev.batchgate.results;

import java.util.UUID;

/** End of an answer that has begun and cannot be gone on with; the container closes the connection on it. */
final class BrokenOff extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** @param position place in the ingestion, counted from 0, of the first id that could not be told of */
    BrokenOff(UUID ingestionId, int position, RuntimeException failure) {
        super("the results of ingestion %s end before position %d".formatted(ingestionId, position));
        // Not as the cause: a connection that the store has lost would be taken for the client's, and the answer be
        // ended as if it were whole.
        addSuppressed(failure);
    }
}
