package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;

/**
 * One process that used the store.
 *
 * @param era in which others may have used it beside this one
 * @param interval nanoseconds
 * @param fairness who went before whom in it
 * @param older whether it was of the version that kept no results, and began with what a crash hid
 */
record Run(long number, Era era, long interval, int maxInFlight, Fairness fairness, boolean older) {

    /** A run that the store does not tell of; nothing can be too close together in it. */
    static Run unknown(long number) {
        return new Run(number, new Era(number, 0, 0, ""), 0, Integer.MAX_VALUE, Fairness.STRICT, false);
    }

    /** The same in an era that others began. */
    Run in(Era begun) {
        return new Run(number, begun, interval, maxInFlight, fairness, older);
    }

    boolean isUnknown() {
        return interval == 0;
    }
}
