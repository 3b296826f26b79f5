package dev.batchgate.local;

import dev.batchgate.ingestion.Meter;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.QuotaExceeded;
import dev.batchgate.ingestion.Submission;
import java.sql.SQLException;
import java.time.Duration;

/**
 * How a submission and the quota of whoever hands it in stand to each other at one moment. What is used up of the ids a
 * minute is in the store, and goes by the wall clock, so that a restart changes nothing of it. The journal's thread alone.
 *
 * @param used up of the ids a minute, in microseconds
 * @param waiting batches of the owner's that wait already
 */
record Allowance(Submission submission, long now, long used, long waiting) {

    static Allowance of(Submission submission, StoreWriter store, QueueParts parts) throws SQLException {
        String owner = submission.origin().owner();
        Quota quota = submission.quota();
        long now = Micros.of(parts.clock().instant());
        return new Allowance(
                submission,
                now,
                owner == null || quota.idsPerMinute() == null ? 0 : Meter.used(store.usedUntil(owner), now),
                owner == null || quota.maxBacklog() == null ? 0 : parts.line().waiting(owner));
    }

    Quota.Remaining remaining() {
        return submission.quota().remaining(used, waiting);
    }

    /** Throws {@link QuotaExceeded} if there is none now, {@link dev.batchgate.ingestion.NeverFits} if there never is. */
    void requireRoom(QueueParts parts) {
        Quota quota = submission.quota();
        quota.requireFits(submission);
        Long most = quota.maxBacklog();
        long excess = most == null ? 0 : waiting + submission.batches() - most;
        if (excess > 0) {
            throw QuotaExceeded.ofBacklog(
                    quota,
                    remaining(),
                    excess,
                    Duration.ofNanos(parts.gate().nanosUntilOpen()),
                    parts.properties().interval());
        }
        long wait = Meter.wait(used, submission.cost());
        if (wait > 0) {
            throw QuotaExceeded.ofIds(quota, remaining(), wait);
        }
    }

    /** Uses up what it costs, in the same transaction as it is accepted in; returns what is left then. */
    Quota.Remaining use(StoreWriter store) throws SQLException {
        String owner = submission.origin().owner();
        long usedWithIt = used + submission.cost();
        if (owner != null && submission.cost() > 0) {
            store.use(owner, now + usedWithIt);
        }
        return submission.quota().remaining(usedWithIt, waiting + submission.batches());
    }
}
