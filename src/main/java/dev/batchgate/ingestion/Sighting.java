package dev.batchgate.ingestion;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * An ingestion, and where it stands at that moment, or just after it.
 *
 * @param standing works that out, which takes longer; empty for one that has ended
 */
public record Sighting(Ingestion ingestion, Supplier<Optional<Standing>> standing) {

    /** When what is left of it will be done; empty if nothing is. */
    public Optional<Forecast> foretell() {
        return ingestion.hasEnded() ? Optional.empty() : standing.get().flatMap(Forecast::of);
    }
}
