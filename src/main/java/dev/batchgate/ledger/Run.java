package dev.batchgate.ledger;

/**
 * One process that used the store.
 *
 * @param startedTicks when it had the store for itself, on the monotonic clock, in nanoseconds
 * @param boot names what that clock counts from; empty where nobody could say
 * @param interval nanoseconds
 */
record Run(long number, long startedTicks, String boot, long interval, int maxInFlight) {

    /** A run that the store does not tell of; nothing can be too close together in it. */
    static Run unknown(long number) {
        return new Run(number, 0, "", 0, Integer.MAX_VALUE);
    }

    boolean isUnknown() {
        return interval == 0;
    }

    boolean sharesClockWith(Run other) {
        return !boot.isEmpty() && boot.equals(other.boot);
    }
}
