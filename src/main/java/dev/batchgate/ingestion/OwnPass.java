package dev.batchgate.ingestion;

/** Port: what this process says to be let in at its own front door, once, before anybody else is. */
@FunctionalInterface
public interface OwnPass {

    /** The value of the field {@code Authorization}. */
    String authorization();
}
