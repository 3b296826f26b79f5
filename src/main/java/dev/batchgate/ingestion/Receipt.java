package dev.batchgate.ingestion;

import java.util.UUID;

/**
 * What whoever hands something in gets for it.
 *
 * @param ingestionId id of the ingestion that it has become, or was before
 * @param remaining what is left of the quota of its key
 */
public record Receipt(UUID ingestionId, Quota.Remaining remaining) {}
