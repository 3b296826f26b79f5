package dev.batchgate.local;

import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Unavailable;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes what ended long ago from the store: a little at a time, each time as one change among others, so that nobody's
 * submission waits for more than one such step. One thread of the common scheduler enters.
 *
 * <p>An ingestion is gone for everybody at once; then its results are deleted, and then itself. The ledger is cut at its
 * old end, as far as no ingestion is left of it and nothing in it closes the gate. The newest ingestion, the last
 * dispatch and the last orders stay, so that no number is given twice and the next start knows when the last call went
 * out and whether the gate is paused.
 */
class Retention {

    private static final String EXPIRE = """
            UPDATE ingestion SET expired = 1, idempotency_key = NULL
            WHERE sequence IN (SELECT sequence FROM ingestion
                               WHERE finished_at < ? AND expired = 0
                                 AND sequence < (SELECT max(sequence) FROM ingestion)
                               ORDER BY finished_at LIMIT 100)""";
    private static final String EXPIRED = """
            SELECT sequence, length(ids) FROM ingestion WHERE expired = 1 ORDER BY sequence LIMIT 100""";
    private static final String RESULTS = """
            SELECT rowid, coalesce(octet_length(data), 0) FROM result WHERE ingestion = ? LIMIT 1000""";
    private static final String DELETE_RESULT = "DELETE FROM result WHERE rowid = ?";
    private static final String DELETE_INGESTION = "DELETE FROM ingestion WHERE sequence = ?";
    private static final String OLDEST_DISPATCHES = """
            SELECT d.slot, i.sequence IS NOT NULL OR coalesce(d.hold_until, 0) > ?
            FROM dispatch d LEFT JOIN ingestion i ON i.sequence = d.ingestion
            WHERE d.slot < (SELECT max(slot) FROM dispatch)
            ORDER BY d.slot LIMIT 1000""";
    private static final String DELETE_DISPATCHES = "DELETE FROM dispatch WHERE slot <= ?";
    private static final String DELETE_RUNS = """
            DELETE FROM run WHERE run < (SELECT run FROM dispatch ORDER BY slot LIMIT 1)""";
    private static final String DELETE_CONTROLS = """
            DELETE FROM control
            WHERE after_slot < (SELECT min(slot) FROM dispatch)
              AND control < (SELECT max(control) FROM control)
              AND control IS NOT (SELECT max(control) FROM control WHERE kind IN ('pause', 'resume'))
              AND (ingestion IS NULL OR ingestion NOT IN (SELECT sequence FROM ingestion))""";

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    /** Of ids or results; to delete a row takes time for every page that it fills. */
    private static final long MOST_BYTES_A_STEP = 1_000_000;

    private static final int MOST_RESULTS = 1_000;
    private static final long BYTES_A_ROW = 100;

    private final Journal journal;
    private final Clock clock;
    private final Duration retention;
    private final LongConsumer cut;

    /** @param cut is told of the last slot that the ledger does not tell of any more */
    Retention(Journal journal, Clock clock, Duration retention, LongConsumer cut) {
        this.journal = journal;
        this.cut = cut;
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
        long now = Micros.of(clock.instant());
        long before = Micros.of(clock.instant().minus(retention));
        Step step = journal.perform(store -> {
            boolean more = store.update(EXPIRE, before) > 0;
            more |= deleteExpired(store);
            long cut = cutLedger(store, now);
            return new Step(more || cut > 0, cut);
        });
        cut.accept(step.cut());
        return step.more();
    }

    /**
     * What one has done.
     *
     * @param cut the last slot that the ledger does not tell of any more; 0 if none was taken from it
     */
    private record Step(boolean more, long cut) {}

    /** As many of those that have expired as one step allows. */
    private static boolean deleteExpired(StoreWriter store) throws SQLException {
        Map<Long, Long> bytesBySequence = new LinkedHashMap<>();
        try (ResultSet row = store.query(EXPIRED)) {
            while (row.next()) {
                bytesBySequence.put(row.getLong(1), row.getLong(2));
            }
        }
        long room = MOST_BYTES_A_STEP;
        for (Map.Entry<Long, Long> expired : bytesBySequence.entrySet()) {
            room = deleteResults(store, expired.getKey(), room);
            if (room > 0) {
                store.update(DELETE_INGESTION, expired.getKey());
                room -= expired.getValue();
            }
            if (room <= 0) {
                return true;
            }
        }
        return !bytesBySequence.isEmpty();
    }

    /** Returns how much room is left in this step; none, if some of the results may be left as well. */
    private static long deleteResults(StoreWriter store, long ingestion, long room) throws SQLException {
        List<Long> rows = new ArrayList<>();
        long left = room;
        try (ResultSet row = store.query(RESULTS, ingestion)) {
            while (left > 0 && row.next()) {
                rows.add(row.getLong(1));
                left -= BYTES_A_ROW + row.getLong(2);
            }
        }
        for (long row : rows) {
            store.update(DELETE_RESULT, row);
        }
        return rows.size() == MOST_RESULTS ? 0 : left;
    }

    private static long cutLedger(StoreWriter store, long now) throws SQLException {
        long upTo = 0;
        try (ResultSet row = store.query(OLDEST_DISPATCHES, now)) {
            while (row.next() && !row.getBoolean(2)) {
                upTo = row.getLong(1);
            }
        }
        if (upTo == 0) {
            return 0;
        }
        store.update(DELETE_DISPATCHES, upTo);
        store.update(DELETE_RUNS);
        store.update(DELETE_CONTROLS);
        return upTo;
    }
}
