package dev.batchgate.ingestion;

import java.util.List;
import java.util.UUID;

/**
 * Ids of one ingestion that are fetched together in one slot: a whole batch, or what is still missing of it.
 *
 * @param index the batch's place in its ingestion, counted from 0
 * @param ids 1 to batch-size ids, in the client's order; the same one may be there twice
 */
public record Batch(UUID ingestionId, int index, List<Long> ids) {

    public Batch {
        ids = List.copyOf(ids);
    }

    /**
     * The batch at {@code index} of ids that are cut into batches of {@code batchSize}; only the last may be smaller.
     */
    public static Batch cut(UUID ingestionId, Ids ids, int batchSize, int index) {
        long from = (long) index * batchSize;
        long to = Math.min(ids.size(), from + batchSize);
        return new Batch(ingestionId, index, ids.slice((int) from, (int) to));
    }

    /** How many batches of {@code batchSize} it takes to hold {@code ids}. */
    public static int count(Ids ids, int batchSize) {
        return (ids.size() - 1) / batchSize + 1;
    }

    /** Unique over all ingestions: the ingestion's id and the batch's place in it, counted from 1. */
    public String id() {
        return id(ingestionId, index);
    }

    public static String id(UUID ingestionId, int index) {
        return ingestionId + "-" + (index + 1);
    }
}
