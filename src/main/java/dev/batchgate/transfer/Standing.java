package dev.batchgate.transfer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Who waits, and how the gate stands: what PostgreSQL keeps beside the records and the batches, and what follows from
 * them once they are there.
 *
 * @param inLine batches that no slot has been given to
 * @param again batches that wait to be dispatched again
 */
record Standing(long inLine, long again) {

    private static final String PUT_IN_LINE = """
            INSERT INTO line (rank, ingestion, next, batches)
            SELECT rank, sequence, next, batches
            FROM (SELECT rank, sequence, (octet_length(ids) / id_bytes - 1) / batch_size + 1 AS batches,
                    coalesce((SELECT max(batch) + 1 FROM batch WHERE ingestion = sequence), 0) AS next
                  FROM ingestion WHERE finished_at IS NULL AND cancelled_at IS NULL) AS unfinished
            WHERE next < batches
            ORDER BY rank, sequence""";

    /**
     * The last batch may have left a moment ago, if any ever did. Of what wants the gate closed, the holds have been
     * taken over before.
     */
    private static final String SET_GATE = """
            UPDATE gate SET
              slot = last.slot,
              left_at = CASE last.slot WHEN 0 THEN 0 ELSE ?1 END,
              closed_until = coalesce((SELECT max(hold_until) FROM dispatch WHERE hold_until > ?1), 0),
              paused = coalesce((SELECT kind = 'pause' FROM control WHERE kind IN ('pause', 'resume')
                                 ORDER BY control DESC LIMIT 1), false),
              control = coalesce((SELECT max(control) FROM control), 0),
              retrying = ARRAY(SELECT count(batch.rank) FROM generate_series(0, 2) AS r (rank)
                               LEFT JOIN batch ON batch.rank = r.rank AND next_attempt_at IS NOT NULL
                               GROUP BY r.rank ORDER BY r.rank)
            FROM (SELECT coalesce(max(slot), 0) AS slot FROM dispatch) AS last""".replace("?1", "?::bigint");

    /** None of them has left the line since. */
    private static final String SET_ACCEPTANCE = """
            UPDATE acceptance SET
              sequence = coalesce((SELECT max(sequence) FROM ingestion), 0),
              created_at = coalesce((SELECT created_at FROM ingestion ORDER BY sequence DESC LIMIT 1), 0),
              batches = ARRAY(SELECT coalesce(sum(batches - next), 0) FROM generate_series(0, 2) AS r (rank)
                              LEFT JOIN line ON line.rank = r.rank
                              GROUP BY r.rank ORDER BY r.rank)""";

    private static final String SUM_UP = """
            INSERT INTO arrival (rank, block, batches)
            SELECT rank, ingestion / 1024, sum(batches - next) FROM line GROUP BY 1, 2""";

    /** None of them has left the line since; those that wait to be dispatched again have been counted one by one. */
    private static final String SUM_UP_OWNERS = """
            INSERT INTO owner_arrival (owner, batches, used_until)
            SELECT i.owner, sum(l.batches - l.next), 0
            FROM line l JOIN ingestion i ON i.sequence = l.ingestion WHERE i.owner IS NOT NULL GROUP BY 1""";

    private static final String COUNT = """
            SELECT (SELECT sum(n) FROM acceptance, unnest(batches) AS n), (SELECT sum(n) FROM gate, unnest(retrying) AS n)""";

    /** So that the first replica does not plan for tables that are empty. */
    private static final String ANALYZE = "ANALYZE run, ingestion, line, arrival, batch, dispatch, result, control";

    static Standing derive(Connection target, long now) throws SQLException {
        try (Statement statement = target.createStatement();
                PreparedStatement gate = target.prepareStatement(SET_GATE)) {
            statement.executeUpdate(PUT_IN_LINE);
            gate.setLong(1, now);
            gate.setLong(2, now);
            gate.executeUpdate();
            statement.executeUpdate(SUM_UP);
            statement.executeUpdate(SUM_UP_OWNERS);
            statement.executeUpdate(SET_ACCEPTANCE);
            statement.execute(ANALYZE);
            try (ResultSet row = statement.executeQuery(COUNT)) {
                row.next();
                return new Standing(row.getLong(1), row.getLong(2));
            }
        }
    }
}
