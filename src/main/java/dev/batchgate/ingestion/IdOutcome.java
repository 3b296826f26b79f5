package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/** What became of one id. An upstream tells of ids that were fetched, failed or were missed; the rest is the queue's. */
public sealed interface IdOutcome {

    /** It was fetched. */
    record Fetched(Data data) implements IdOutcome {}

    /**
     * It never will be fetched: to ask again would change nothing.
     *
     * @param reason what happened, for the caller to read; without the id
     * @param httpStatus what the upstream answered with; null if it did not come to that
     */
    record Failed(String reason, @Nullable Integer httpStatus) implements IdOutcome {}

    /**
     * Not this time, but another slot may bring it.
     *
     * @param reason what happened, for the caller to read; without the id
     * @param httpStatus what the upstream answered with; null if it did not come to that
     * @param connected false if there was no connection to the upstream, which cannot have seen anything then
     */
    record Missed(String reason, @Nullable Integer httpStatus, boolean connected) implements IdOutcome {}

    /** It was not asked for: when it was to be, the slot was over, or the gate had been closed. Another slot may bring it. */
    record Withheld() implements IdOutcome {}

    /** It was taken back before it was fetched. */
    record Cancelled() implements IdOutcome {}
}
