package dev.batchgate.ingestion;

import java.util.List;

/** How the fetch of one batch ended. */
public sealed interface Outcome {

    /**
     * Every id was fetched.
     *
     * @param answers the bodies the upstream sent, one a request, in the order of the batch's ids
     */
    record Completed(List<byte[]> answers) implements Outcome {
        public Completed {
            answers = List.copyOf(answers);
        }
    }

    /**
     * At least one id could not be fetched.
     *
     * @param reason what happened, for the caller to read
     */
    record Failed(String reason) implements Outcome {}
}
