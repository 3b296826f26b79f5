package dev.batchgate.local;

import dev.batchgate.ingestion.Unavailable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes what ended long ago from the store: a few ingestions at a time, each time as one change among others, so that
 * nobody's submission waits for more than one such step. One thread of the common scheduler enters.
 *
 * <p>The ledger is cut at its old end, as far as no ingestion is left of it. The newest ingestion and the last dispatch
 * stay, so that no number is given twice and the next start knows when the last call went out.
 */
class Retention {

    private static final String EXPIRED = """
            SELECT sequence, length(ids) FROM ingestion
            WHERE finished_at < ? AND sequence < (SELECT max(sequence) FROM ingestion)
            ORDER BY finished_at LIMIT 100""";
    private static final String OLDEST_DISPATCHES = """
            SELECT d.slot, i.sequence IS NOT NULL FROM dispatch d LEFT JOIN ingestion i ON i.sequence = d.ingestion
            WHERE d.slot < (SELECT max(slot) FROM dispatch)
            ORDER BY d.slot LIMIT 1000""";
    private static final String DELETE_INGESTION = "DELETE FROM ingestion WHERE sequence = ?";
    private static final String DELETE_DISPATCHES = "DELETE FROM dispatch WHERE slot <= ?";
    private static final String DELETE_RUNS = """
            DELETE FROM run WHERE run < (SELECT run FROM dispatch ORDER BY slot LIMIT 1)""";

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    /** Of ids; to delete a row takes time for every page that it fills. */
    private static final long MOST_BYTES_A_STEP = 1_000_000;

    private final Journal journal;
    private final Clock clock;
    private final Duration retention;

    Retention(Journal journal, Clock clock, Duration retention) {
        this.journal = journal;
        this.clock = clock;
        this.retention = retention;
    }

    @Scheduled(fixedDelay = 10, timeUnit = TimeUnit.SECONDS)
    void deleteExpired() {
        try {
            for (boolean more = true; more; ) {
                more = step();
            }
        } catch (Unavailable later) {
            log.debug("Nothing can be deleted at the moment", later);
        }
    }

    /** Returns whether there may be more to delete. */
    boolean step() {
        long before = Moment.micros(clock.instant().minus(retention));
        return journal.perform(store -> delete(store, before));
    }

    private static boolean delete(StoreWriter store, long before) throws SQLException {
        List<Long> expired = new ArrayList<>();
        try (ResultSet row = store.query(EXPIRED, before)) {
            for (long bytes = 0; bytes < MOST_BYTES_A_STEP && row.next(); bytes += row.getLong(2)) {
                expired.add(row.getLong(1));
            }
        }
        for (long sequence : expired) {
            store.update(DELETE_INGESTION, sequence);
        }
        return cutLedger(store) || !expired.isEmpty();
    }

    private static boolean cutLedger(StoreWriter store) throws SQLException {
        long upTo = 0;
        try (ResultSet row = store.query(OLDEST_DISPATCHES)) {
            while (row.next() && !row.getBoolean(2)) {
                upTo = row.getLong(1);
            }
        }
        if (upTo == 0) {
            return false;
        }
        store.update(DELETE_DISPATCHES, upTo);
        store.update(DELETE_RUNS);
        return true;
    }
}
