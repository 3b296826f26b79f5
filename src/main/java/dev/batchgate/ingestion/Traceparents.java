package dev.batchgate.ingestion;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Port: the traces that ingestions were handed in under, in the form of the W3C's Trace Context. Any thread may ask. */
public interface Traceparents {

    /**
     * That of one ingestion; empty if there was none.
     *
     * @throws Unavailable when the store cannot be read
     */
    Optional<String> find(UUID ingestionId);

    /** Port: the trace that the calling thread works under. Any thread that serves a request may ask. */
    @FunctionalInterface
    interface Source {

        /** Null if there is none, or nobody keeps traces. */
        @Nullable
        String current();
    }
}
