package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.UUID;

/**
 * The news of an end, for one attempt to tell it.
 *
 * @param id the same at each attempt; another one for each end of an ingestion
 * @param url where it is to be told
 * @param ended the ingestion, as it was at that end
 * @param endedAt when that was
 * @param attempt counted from 1, all in all; no other attempt at this delivery has that number
 * @param counted this one, and those before it since somebody asked for them
 */
public record Delivery(UUID id, String url, String host, Outline ended, Instant endedAt, int attempt, int counted) {

    /** Without the URL, which may hold a secret. */
    @Override
    public String toString() {
        return "delivery %s of ingestion %s to %s, attempt %d".formatted(id, ended.id(), host, attempt);
    }
}
