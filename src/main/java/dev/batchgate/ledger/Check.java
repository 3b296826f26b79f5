package dev.batchgate.ledger;

/**
 * One promise, checked record by record in the order in which things happened: every ingestion before the first dispatch
 * that could have chosen it, every order between the two dispatches that it came between.
 */
interface Check {

    default void accepted(Accepted ingestion) {}

    default void ordered(Control control) {}

    default void dispatched(Dispatch dispatch) {}

    /** There is no more to come. */
    default void end() {}
}
