package dev.batchgate.ledger;

/**
 * A time that has to pass after a dispatch has ended.
 *
 * @param ticks when it is over, on the monotonic clock of the dispatch's run
 * @param until the same on the wall clock, in microseconds since 1970
 * @param since when it began, likewise
 */
record Wait(long ticks, long until, long since) {

    /**
     * When it is over for a run after its own, whose monotonic clock may count from another moment: what is left of it by
     * the wall clock when that run starts, and never more than all of it.
     */
    long overInLater(Run run) {
        long left = Math.min(until - run.startedAt(), until - since);
        return run.startedTicks() + 1_000 * Math.max(0, left);
    }
}
