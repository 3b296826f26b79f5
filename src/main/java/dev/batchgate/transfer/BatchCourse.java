package dev.batchgate.transfer;

import dev.batchgate.ingestion.DispatchOutcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the dispatches of one batch amount to, read one after the other. Not safe for use by several threads. */
final class BatchCourse {

    /** What {@link #dispatched} reads. */
    static final String COLUMNS =
            "d.slot, d.outcome, d.reason, d.started_at, d.ended_at, d.batch_status, d.batch_end_at,"
                    + " d.retried, d.retry_at";

    private final long ingestion;
    private final int batch;
    private final int rank;
    private int attempts;
    private int counted;
    private int unknownOutcomes;
    private long startedAt;

    /** Of the latest dispatch, which decides how the batch stands. */
    private long slot;

    private @Nullable String outcome;
    private @Nullable String reason;
    private @Nullable String status;
    private boolean retried;
    private long finishedAt;
    private long retryAt;
    private long drawn;

    BatchCourse(long ingestion, int batch, int rank) {
        this.ingestion = ingestion;
        this.batch = batch;
        this.rank = rank;
    }

    boolean isOf(long otherIngestion, int otherBatch) {
        return ingestion == otherIngestion && batch == otherBatch;
    }

    /** The next of its dispatches, in the order of their slots. */
    void dispatched(ResultSet row) throws SQLException {
        attempts++;
        if (attempts == 1) {
            startedAt = row.getLong("started_at");
        }
        slot = row.getLong("slot");
        outcome = row.getString("outcome");
        reason = row.getString("reason");
        status = row.getString("batch_status");
        finishedAt = row.getLong("batch_end_at");
        retryAt = row.getLong("retry_at");
        drawn = retryAt - row.getLong("ended_at");
        row.getLong("retried");
        retried = !row.wasNull();
        if (isLost()) {
            unknownOutcomes++;
        }
        boolean wasSent = !DispatchOutcome.UNREACHABLE.equals(outcome) && !DispatchOutcome.UNSENT.equals(outcome);
        counted = retried ? 0 : counted + (wasSent ? 1 : 0);
    }

    /** Whether nobody knows how the latest dispatch ended. */
    private boolean isLost() {
        return outcome == null || outcome.equals(DispatchOutcome.UNKNOWN);
    }

    /** Whether the process ended while it was in flight, and nothing has followed from that yet. */
    boolean wasInFlight() {
        return outcome == null && status == null;
    }

    /** How it has ended; null if it waits to be dispatched again, because its failed ids were asked for again or else. */
    @Nullable
    String end() {
        return retried ? null : status;
    }

    /** Why it waits, or how it failed. */
    @Nullable
    String error() {
        boolean plain = end() == null ? retried || isLost() : "completed".equals(status);
        return plain ? null : reason;
    }

    long finishedAt() {
        return finishedAt;
    }

    /** When it may be dispatched again: by the wall clock, but never later than was drawn. */
    long nextAttemptAt(long now) {
        return status != null || isLost() ? now : now + Math.max(0, Math.min(drawn, retryAt - now));
    }

    long ingestion() {
        return ingestion;
    }

    int batch() {
        return batch;
    }

    int rank() {
        return rank;
    }

    int attempts() {
        return attempts;
    }

    /** Those dispatches that count as attempts, since it was asked for again. */
    int counted() {
        return counted;
    }

    int unknownOutcomes() {
        return unknownOutcomes;
    }

    long startedAt() {
        return startedAt;
    }

    long slot() {
        return slot;
    }
}
