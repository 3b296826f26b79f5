package dev.batchgate.transfer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A batch that was cancelled while it was in flight, when the process ended: it is not to be dispatched again, though
 * nobody knows what became of it.
 *
 * @param slot of its last dispatch
 * @param known what its ids had come to before that
 */
record Withdrawn(long ingestion, long slot, KnownIds known) {

    private static final String PUT_RESULT =
            "INSERT INTO result (ingestion, position, status) VALUES (?, ?, 'cancelled')";
    private static final String END_BATCH =
            "UPDATE dispatch SET batch_status = ?, reason = ?, batch_end_at = ?, retried = NULL WHERE slot = ?";

    /** Of a cancelled ingestion, what was never dispatched has ended as well. */
    private static final String FINISH = """
            UPDATE ingestion SET finished_at = ?
            WHERE sequence = ? AND finished_at IS NULL
              AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.ingestion = sequence AND b.finished_at IS NULL)""";

    /** Some of its ids may have failed before. */
    String status() {
        return known.before().failed() == null ? "cancelled" : "failed";
    }

    static void end(List<Withdrawn> all, Connection target, long now) throws SQLException {
        try (PreparedStatement result = target.prepareStatement(PUT_RESULT);
                PreparedStatement batch = target.prepareStatement(END_BATCH);
                PreparedStatement finish = target.prepareStatement(FINISH)) {
            for (Withdrawn one : all) {
                for (int place : one.known.missing()) {
                    result.setLong(1, one.ingestion);
                    result.setInt(2, one.known.first() + place);
                    result.executeUpdate();
                }
                batch.setString(1, one.status());
                batch.setString(2, one.known.before().failed());
                batch.setLong(3, now);
                batch.setLong(4, one.slot);
                batch.executeUpdate();
                finish.setLong(1, now);
                finish.setLong(2, one.ingestion);
                finish.executeUpdate();
            }
        }
    }
}
