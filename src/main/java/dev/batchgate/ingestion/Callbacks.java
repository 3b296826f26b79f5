package dev.batchgate.ingestion;

import java.util.Optional;

/** Port: whether the end of an ingestion can be told at a URL. Any thread may ask. */
@FunctionalInterface
public interface Callbacks {

    /** The rule that the URL breaks, or why nobody can be told at all; empty if it will do. */
    Optional<String> objection(String url);
}
