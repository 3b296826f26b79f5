package dev.batchgate.local;

import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
import java.sql.SQLException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The end of a batch that was to be dispatched again, and now never will be. */
final class Cancelled {

    private static final String END_BATCH = """
            UPDATE dispatch SET batch_status = ?, reason = ?, batch_end_at = ?, retried = NULL
            WHERE slot = (SELECT max(slot) FROM dispatch WHERE ingestion = ? AND batch = ?)""";

    private Cancelled() {}

    static void write(StoreWriter store, Tracked ingestion, Retry retry, Moment now) throws SQLException {
        int first = retry.batch() * ingestion.batchSize();
        for (int place : retry.places()) {
            ResultRow.write(store, ingestion.sequence(), first + place, new IdOutcome.Cancelled());
        }
        String status = status(retry).name().toLowerCase(Locale.ROOT);
        store.update(END_BATCH, status, failed(retry), now.micros(), ingestion.sequence(), retry.batch());
    }

    static void apply(Tracked ingestion, Retry retry, Moment now) {
        ingestion.ended(retry.batch(), status(retry), failed(retry), now.micros());
    }

    /** Some of its ids may have failed before. */
    private static BatchStatus status(Retry retry) {
        return failed(retry) == null ? BatchStatus.CANCELLED : BatchStatus.FAILED;
    }

    private static @Nullable String failed(Retry retry) {
        return retry.before().failed();
    }
}
