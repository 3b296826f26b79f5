package dev.batchgate.ledger;

/**
 * A span in which moments can be compared, and in which the end of one process says nothing about the others: the run of
 * a process that had its store for itself, or all that replicas did side by side on the clock of their database.
 *
 * @param firstRun its first run's number
 * @param startedAt when everything that was dispatched before it was over, in microseconds since 1970
 * @param startedTicks the same on its own clock, in nanoseconds
 * @param boot names what that clock counts from; empty where nobody could say
 */
record Era(long firstRun, long startedAt, long startedTicks, String boot) {

    /** What stands for the boot of a machine where the clock is the database's. */
    private static final String DATABASE = "database";

    boolean is(Era other) {
        return firstRun == other.firstRun;
    }

    /** Whether its clock is the wall clock of a database, and its processes are replicas. */
    boolean isShared() {
        return boot.equals(DATABASE);
    }

    /** Whether moments of both can be compared. */
    boolean sharesClockWith(Era other) {
        return !boot.isEmpty() && boot.equals(other.boot);
    }
}
