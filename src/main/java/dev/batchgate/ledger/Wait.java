package dev.batchgate.ledger;

/**
 * A time that has to pass after a dispatch has ended.
 *
 * @param ticks when it is over, on the clock of the dispatch's era
 * @param until the same on the wall clock, in microseconds since 1970
 * @param since when it began, likewise
 */
record Wait(long ticks, long until, long since) {

    /**
     * When it is over for an era after its own, whose clock may count from another moment: what is left of it by the wall
     * clock when that era starts, and never more than all of it.
     */
    long overInLater(Era era) {
        long left = Math.min(until - era.startedAt(), until - since);
        return era.startedTicks() + 1_000 * Math.max(0, left);
    }

    /** The same, at the latest: replicas may take a time that they are told as it stands. */
    long certainlyOverInLater(Era era) {
        long over = overInLater(era);
        return era.isShared() ? Math.max(over, 1_000 * until) : over;
    }
}
