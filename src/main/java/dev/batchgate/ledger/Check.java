package dev.batchgate.ledger;

/** One promise, checked row by row: every ingestion before the first dispatch that could have chosen it. */
interface Check {

    default void accepted(Accepted ingestion) {}

    default void dispatched(Dispatch dispatch) {}

    /** There is no more to come. */
    default void end() {}
}
