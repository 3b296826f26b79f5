package dev.batchgate.metrics;

import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;

/** What the upstream made of one dispatch, whatever follows from it for the batch. */
enum FetchOutcome {
    /** Every id was fetched. */
    COMPLETED,
    /** Some id never will be, and the others were fetched. */
    FAILED,
    /** Some id may be had another time. */
    INCOMPLETE,
    /** There was no connection for any of them. */
    UNREACHABLE,
    /** Nothing was sent, since the slot was over. */
    UNSENT;

    static FetchOutcome of(Outcome outcome) {
        if (outcome.isUnsent()) {
            return UNSENT;
        }
        if (outcome.unreachable()) {
            return UNREACHABLE;
        }
        if (outcome.ids().stream().anyMatch(FetchOutcome::mayBeHad)) {
            return INCOMPLETE;
        }
        return outcome.ids().stream().anyMatch(IdOutcome.Failed.class::isInstance) ? FAILED : COMPLETED;
    }

    private static boolean mayBeHad(IdOutcome id) {
        return id instanceof IdOutcome.Missed || id instanceof IdOutcome.Withheld;
    }
}
