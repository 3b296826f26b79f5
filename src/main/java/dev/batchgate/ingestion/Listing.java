package dev.batchgate.ingestion;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Port: the accepted ingestions, newest first, as long as they are kept. Any thread may enter. */
public interface Listing {

    /** What comes before all that has been accepted. */
    long NEWEST = Long.MAX_VALUE;

    /** An ingestion, and where it stands; nowhere, if nothing of it is left to be fetched. */
    record Listed(Outline outline, Optional<Standing> standing) {}

    /**
     * The place of an ingestion in the order of acceptance; empty if there is no such ingestion, or none any more.
     *
     * @param owner whose it must be; null if that does not matter
     */
    Optional<Long> place(UUID ingestionId, @Nullable String owner);

    /**
     * The next ones before a place, the newest first.
     *
     * @param owner whose they must be; null if that does not matter
     * @param limit how many at most
     * @throws Unavailable when the store cannot be read
     */
    List<Listed> before(long place, @Nullable String owner, int limit);
}
