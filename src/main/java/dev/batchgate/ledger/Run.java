package dev.batchgate.ledger;

/**
 * One process that used the store.
 *
 * @param startedAt when it had the store for itself, in microseconds since 1970
 * @param startedTicks the same on the monotonic clock, in nanoseconds
 * @param boot names what that clock counts from; empty where nobody could say
 * @param interval nanoseconds
 * @param older whether it was of the version that kept no results, and began with what a crash hid
 */
record Run(long number, long startedAt, long startedTicks, String boot, long interval, int maxInFlight, boolean older) {

    /** A run that the store does not tell of; nothing can be too close together in it. */
    static Run unknown(long number) {
        return new Run(number, 0, 0, "", 0, Integer.MAX_VALUE, false);
    }

    boolean isUnknown() {
        return interval == 0;
    }

    boolean is(Run other) {
        return number == other.number;
    }

    boolean sharesClockWith(Run other) {
        return !boot.isEmpty() && boot.equals(other.boot);
    }
}
