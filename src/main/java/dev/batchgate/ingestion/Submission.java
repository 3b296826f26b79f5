package dev.batchgate.ingestion;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a queue is asked to accept.
 *
 * @param id of the ingestion that it becomes
 * @param batchSize ids in a batch, 1 or more; stays with the ingestion when the configuration changes
 * @param idempotencyKey what the client calls this submission, so that to repeat it changes nothing; null if it does
 *     not say
 * @param completeBy by when all of it is to be fetched, going by the forecast, or it is not to be accepted; null if that
 *     does not matter
 * @param origin who hands it in, and who is to be told
 * @param quota how much may be handed in by whoever that is
 */
public record Submission(
        UUID id,
        Priority priority,
        Ids ids,
        int batchSize,
        @Nullable String idempotencyKey,
        @Nullable Instant completeBy,
        Origin origin,
        Quota quota) {

    public Submission {
        if (origin.owner() == null && !quota.equals(Quota.UNLIMITED)) {
            throw new IllegalArgumentException("a quota of nobody's");
        }
        if (ids.size() < 1 || batchSize < 1) {
            throw new IllegalArgumentException(ids.size() + " ids in batches of " + batchSize);
        }
    }

    public Submission(UUID id, Priority priority, Ids ids, int batchSize, @Nullable String idempotencyKey) {
        this(id, priority, ids, batchSize, idempotencyKey, null, Origin.UNKNOWN);
    }

    public Submission(
            UUID id,
            Priority priority,
            Ids ids,
            int batchSize,
            @Nullable String idempotencyKey,
            @Nullable Instant completeBy,
            Origin origin) {
        this(id, priority, ids, batchSize, idempotencyKey, completeBy, origin, Quota.UNLIMITED);
    }

    /** The key in the store, where those of different owners are apart. No key and no owner's name has a line break in it. */
    public @Nullable String storedKey() {
        String owner = origin.owner();
        return idempotencyKey == null || owner == null ? idempotencyKey : owner + "\n" + idempotencyKey;
    }

    /** What it uses up of the ids a minute; 0 if any number may be handed in. */
    public long cost() {
        Long perMinute = quota.idsPerMinute();
        return perMinute == null ? 0 : Meter.cost(perMinute, ids.size());
    }

    public int batches() {
        return Batch.count(ids, batchSize);
    }
}
