package dev.batchgate.postgres;

import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Deletes what ended long ago: a little at a time, by one replica at a time, and without a lock that anybody else waits for.
 * One thread of the common scheduler enters.
 *
 * <p>An ingestion is gone for everybody at once; then its results are deleted, and then itself. The ledger is cut at its old
 * end, as far as no ingestion is left of it and nothing in it closes the gate.
 */
class Retention {

    private static final String MINE = "SELECT pg_try_advisory_lock(hashtext(current_schema() || ' retention'))";
    private static final String NOT_MINE = "SELECT pg_advisory_unlock(hashtext(current_schema() || ' retention'))";
    private static final String EXPIRE = """
            UPDATE ingestion SET expired = 1, idempotency_key = NULL
            WHERE sequence IN (SELECT sequence FROM ingestion
                               WHERE finished_at < now_micros() - ? AND expired = 0
                                 AND sequence < (SELECT sequence FROM acceptance)
                               ORDER BY finished_at LIMIT 100 FOR UPDATE SKIP LOCKED)""";
    private static final String DELETE_RESULTS = """
            DELETE FROM result r USING (
                SELECT r.ingestion, r.position FROM ingestion i JOIN result r ON r.ingestion = i.sequence
                WHERE i.expired = 1 ORDER BY r.ingestion, r.position LIMIT 1000) old
            WHERE r.ingestion = old.ingestion AND r.position = old.position""";
    private static final String DELETE_BATCHES = """
            DELETE FROM batch b USING (
                SELECT b.ingestion, b.batch FROM ingestion i JOIN batch b ON b.ingestion = i.sequence
                WHERE i.expired = 1 ORDER BY b.ingestion, b.batch LIMIT 1000) old
            WHERE b.ingestion = old.ingestion AND b.batch = old.batch""";
    private static final String DELETE_INGESTIONS = """
            DELETE FROM ingestion i
            WHERE i.sequence IN (SELECT sequence FROM ingestion WHERE expired = 1 ORDER BY sequence LIMIT 100)
              AND NOT EXISTS (SELECT FROM result r WHERE r.ingestion = i.sequence)
              AND NOT EXISTS (SELECT FROM batch b WHERE b.ingestion = i.sequence)""";
    private static final String CUT = """
            WITH oldest AS (
                SELECT d.slot, i.sequence IS NOT NULL OR coalesce(d.hold_until, 0) > now_micros() AS needed
                FROM dispatch d LEFT JOIN ingestion i ON i.sequence = d.ingestion
                WHERE d.slot < (SELECT slot FROM gate)
                ORDER BY d.slot LIMIT 1000)
            DELETE FROM dispatch WHERE slot IN (
                SELECT slot FROM oldest WHERE slot < coalesce((SELECT min(slot) FROM oldest WHERE needed), 9223372036854775807))""";
    /** How long fetches take is not what it was; replicas that remember it find that out by the gate's row. */
    private static final String TOUCH_GATE = "UPDATE gate SET slot = slot";

    private static final String DELETE_RUNS = """
            DELETE FROM run r
            WHERE r.run < (SELECT run FROM dispatch ORDER BY slot LIMIT 1) AND r.used_at < now_micros() - 3600000000
              AND NOT EXISTS (SELECT FROM dispatch d WHERE d.run = r.run)""";
    private static final String DELETE_CONTROLS = """
            DELETE FROM control c
            WHERE c.after_slot < (SELECT min(slot) FROM dispatch)
              AND c.control < (SELECT control FROM gate)
              AND c.control IS DISTINCT FROM (SELECT max(control) FROM control WHERE kind IN ('pause', 'resume'))
              AND (c.ingestion IS NULL OR NOT EXISTS (SELECT FROM ingestion i WHERE i.sequence = c.ingestion))""";

    /** Of those blocks nothing is in the line any more, nor will be. */
    private static final String OLD_BLOCKS = """
            WHERE block < (SELECT least((SELECT sequence FROM acceptance), min(head)) / 1024
                           FROM (SELECT (SELECT ingestion FROM line WHERE line.rank = r.rank
                                         ORDER BY line.rank, ingestion LIMIT 1) AS head
                                 FROM generate_series(0, 2) AS r (rank)) AS heads)""";

    private static final Logger log = LoggerFactory.getLogger(Retention.class);

    private final Database database;
    private final long retentionMicros;

    Retention(Database database, Duration retention) {
        this.database = database;
        this.retentionMicros = TimeUnit.NANOSECONDS.toMicros(
                retention.compareTo(Duration.ofDays(36_500)) < 0 ? retention.toNanos() : Long.MAX_VALUE / 2);
    }

    @Scheduled(fixedDelay = 30, timeUnit = TimeUnit.SECONDS)
    void deleteExpired() {
        try {
            for (boolean more = true; more; ) {
                more = step();
            }
        } catch (Unavailable later) {
            log.debug("Nothing can be deleted at the moment", later);
        }
    }

    /** Returns whether there may be more to delete. Each statement is a transaction of its own, for which nobody waits long. */
    boolean step() {
        return database.call(connection -> {
            if (!is(MINE, connection)) {
                return false;
            }
            try {
                return delete(connection);
            } finally {
                is(NOT_MINE, connection);
            }
        });
    }

    private static boolean is(String sql, Connection connection) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement(sql);
                ResultSet row = lock.executeQuery()) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private boolean delete(Connection connection) throws SQLException {
        int gone;
        try (PreparedStatement expire = connection.prepareStatement(EXPIRE)) {
            expire.setLong(1, retentionMicros);
            gone = expire.executeUpdate();
        }
        gone += update(connection, DELETE_RESULTS);
        gone += update(connection, DELETE_BATCHES);
        gone += update(connection, DELETE_INGESTIONS);
        update(connection, "DELETE FROM arrival " + OLD_BLOCKS);
        update(connection, "DELETE FROM exit " + OLD_BLOCKS);
        int cut = update(connection, CUT);
        if (cut > 0) {
            update(connection, TOUCH_GATE);
            update(connection, DELETE_RUNS);
            update(connection, DELETE_CONTROLS);
        }
        return gone + cut > 0;
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }
}
