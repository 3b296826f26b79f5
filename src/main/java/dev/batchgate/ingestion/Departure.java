package dev.batchgate.ingestion;

/**
 * The leave that a batch takes for the upstream: whether it still may, and that it has. Any thread may enter.
 */
@FunctionalInterface
public interface Departure {

    /** The last request of the batch has been handed to the network, or certainly never will be. */
    void happened();

    /** A request of the batch has been handed to the network this very moment. */
    default void left() {}

    /**
     * Whether a request of the batch may still be handed to the network. To be asked just before that: a process that
     * was stopped in between may have lost its slot to another one.
     */
    default boolean isAllowed() {
        return true;
    }
}
