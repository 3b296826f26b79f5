package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/** Port: whoever wants to know how attempts to tell of ends went. Told by any thread, several at once; must not wait. */
@FunctionalInterface
public interface DeliveryWatcher {

    /**
     * An attempt has ended, and that is on record.
     *
     * @param state what has become of the delivery; pending if it is to be tried again
     * @param status HTTP status of the answer; null if there was none
     */
    void attempted(DeliveryState state, @Nullable Integer status);
}
