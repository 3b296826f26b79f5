package dev.batchgate.transfer;

import static dev.batchgate.transfer.CopiedTable.Type.BIGINT;
import static dev.batchgate.transfer.CopiedTable.Type.BYTES;
import static dev.batchgate.transfer.CopiedTable.Type.INTEGER;
import static dev.batchgate.transfer.CopiedTable.Type.SMALLINT;
import static dev.batchgate.transfer.CopiedTable.Type.TEXT;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The records that an embedded store and PostgreSQL keep alike: what was accepted, ordered, dispatched and fetched. */
final class Records {

    /** The priority in force of the ingestion {@code i}, as a number. */
    static final String RANK = """
            CASE coalesce((SELECT priority FROM control WHERE ingestion = i.sequence AND kind = 'move'
                           ORDER BY control DESC LIMIT 1), i.priority)
              WHEN 'HIGH' THEN 0 WHEN 'MEDIUM' THEN 1 WHEN 'LOW' THEN 2 END AS rank""";

    private static final CopiedTable RUNS = new CopiedTable(
            "run", """
            SELECT run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results, fair_share, aging_micros
            FROM run ORDER BY run""", List.of(BIGINT, BIGINT, BIGINT, TEXT, BIGINT, INTEGER, INTEGER, INTEGER, BIGINT));

    private static final CopiedTable CONTROLS =
            new CopiedTable("control", """
            SELECT control, ordered_at, after_slot, accepted, kind, ingestion, priority, before
            FROM control ORDER BY control""", List.of(BIGINT, BIGINT, BIGINT, BIGINT, TEXT, BIGINT, TEXT, TEXT));

    private static final CopiedTable INGESTIONS = new CopiedTable(
            "ingestion",
            """
            SELECT sequence, id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, owner, callback_url, traceparent,
              finished_at, expired,
              (SELECT ordered_at FROM control WHERE ingestion = i.sequence AND kind = 'cancel'
               ORDER BY control LIMIT 1) AS cancelled_at, %s
            FROM ingestion i ORDER BY sequence""".formatted(RANK),
            List.of(
                    BIGINT, BYTES, TEXT, BIGINT, INTEGER, INTEGER, BYTES, TEXT, TEXT, TEXT, TEXT, BIGINT, INTEGER,
                    BIGINT, SMALLINT));

    /** What was in flight when the process ended: nobody knows how that ended. */
    private static final CopiedTable DISPATCHES = new CopiedTable(
            "dispatch",
            """
            SELECT slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt,
              coalesce(outcome, 'unknown') AS outcome, reason, departed_ticks, ended_at, ended_ticks, batch_status,
              batch_end_at, retry_at, retry_ticks, retried, hold_until, hold_ticks, hold_micros, owner, created_at, turn,
              CASE WHEN outcome IS NOT NULL THEN change
                ELSE (SELECT last FROM change) + 1 + slot - (SELECT min(slot) FROM dispatch WHERE outcome IS NULL) END AS change
            FROM dispatch ORDER BY slot""",
            List.of(
                    BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, TEXT, INTEGER, INTEGER, INTEGER, TEXT, TEXT, BIGINT,
                    BIGINT, BIGINT, TEXT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT, TEXT, BIGINT,
                    SMALLINT, BIGINT));

    private static final CopiedTable RESULTS =
            new CopiedTable("result", """
            SELECT ingestion, position, status, error, http_status, form, content_type, CAST(data AS BLOB) AS data
            FROM result ORDER BY ingestion, position""", List.of(BIGINT, INTEGER, TEXT, TEXT, INTEGER, TEXT, TEXT, BYTES));

    /** Nobody is sending any of them. */
    private static final CopiedTable DELIVERIES = new CopiedTable(
            "delivery",
            """
            SELECT id, ingestion, url, host, priority, accepted_at, created_at, batches, completed, failed, cancelled, state,
              attempts, counted, asked_at, next_attempt_at, last_status, last_error, ended_at
            FROM delivery ORDER BY created_at""",
            List.of(
                    BYTES, BYTES, TEXT, TEXT, TEXT, BIGINT, BIGINT, INTEGER, INTEGER, INTEGER, INTEGER, TEXT, INTEGER,
                    INTEGER, BIGINT, BIGINT, INTEGER, TEXT, BIGINT));

    /** Taken over by the new clock: one that was ahead when it was written must not close the gate for longer. */
    private static final String TAKE_OVER_HOLDS = """
            UPDATE dispatch SET hold_until = ?1 + least(hold_until - ?1, hold_micros),
              hold_micros = least(hold_until - ?1, hold_micros)
            WHERE hold_until > ?1""".replace("?1", "?::bigint");

    private static final String GO_ON = """
            DO $$ BEGIN
              ALTER SEQUENCE change RESTART WITH NEXT_CHANGE;
              EXECUTE format('ALTER TABLE run ALTER COLUMN run RESTART WITH %s',
                             (SELECT coalesce(max(run), 0) + 1 FROM run));
            END $$""";

    private Records() {}

    /** How many of each were copied. */
    record Counts(long ingestions, long orders, long dispatches, long results, long deliveries) {}

    /** After every number that was given, also of dispatches that have been forgotten; those in flight got theirs above. */
    private static final String NEXT_CHANGE =
            "SELECT last + 1 + (SELECT coalesce(max(slot) - min(slot) + 1, 0) FROM dispatch WHERE outcome IS NULL) FROM change";

    private static long nextChange(Connection source) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(NEXT_CHANGE)) {
            row.next();
            return row.getLong(1);
        }
    }

    static Counts copy(Connection source, Connection target, long now) throws SQLException {
        RUNS.copy(source, target);
        long orders = CONTROLS.copy(source, target);
        long ingestions = INGESTIONS.copy(source, target);
        long dispatches = DISPATCHES.copy(source, target);
        long results = RESULTS.copy(source, target);
        long deliveries = DELIVERIES.copy(source, target);
        try (Statement statement = target.createStatement()) {
            // Not by setval, which a rollback would not take back.
            statement.execute(GO_ON.replace("NEXT_CHANGE", String.valueOf(nextChange(source))));
        }
        try (PreparedStatement holds = target.prepareStatement(TAKE_OVER_HOLDS)) {
            for (int parameter = 1; parameter <= 4; parameter++) {
                holds.setLong(parameter, now);
            }
            holds.executeUpdate();
        }
        return new Counts(ingestions, orders, dispatches, results, deliveries);
    }
}
