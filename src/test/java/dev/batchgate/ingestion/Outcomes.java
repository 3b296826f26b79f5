package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.List;

/** Outcomes for tests. */
public final class Outcomes {

    private Outcomes() {}

    public static Outcome completed(Batch batch) {
        return new Outcome(
                batch.ids().stream()
                        .<IdOutcome>map(id -> new IdOutcome.Fetched(Data.json("{\"id\":" + id + "}")))
                        .toList(),
                Duration.ZERO);
    }

    /** Every id failed for good. */
    public static Outcome failed(Batch batch, String reason) {
        return Outcome.ofAll(batch, new IdOutcome.Failed(reason, 404));
    }

    /** No id was fetched this time. */
    public static Outcome missed(Batch batch, String reason) {
        return Outcome.ofAll(batch, new IdOutcome.Missed(reason, 503, true));
    }

    /** There was nobody to fetch from. */
    public static Outcome unreachable(Batch batch) {
        return Outcome.ofAll(batch, new IdOutcome.Missed("no connection", null, false));
    }

    /** The upstream wants to be left alone, and answers nothing. */
    public static Outcome closed(Batch batch, Duration closedFor) {
        return new Outcome(missed(batch, "too many requests").ids(), closedFor);
    }

    /** One for each id of the batch. */
    public static Outcome of(IdOutcome... ids) {
        return new Outcome(List.of(ids), Duration.ZERO);
    }

    /** Takes the next batch and completes it. */
    public static Batch completeNext(BatchQueue queue) throws InterruptedException {
        Batch batch = queue.take();
        queue.finish(batch, completed(batch));
        return batch;
    }
}
