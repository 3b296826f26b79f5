package dev.batchgate.postgres;

import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.UUID;

/** Deliveries as they are in the database. */
final class DeliveryRow {

    static final int MOST_SHOWN = 100;

    private static final String ENDED = """
            id, ingestion, priority, accepted_at, created_at, batches, completed, failed, cancelled""";

    /** What {@link #claimed} reads. */
    static final String CLAIMED = ENDED + ", url, host, attempts, counted";

    /** What {@link #entry} reads. */
    static final String SHOWN = ENDED + ", state, attempts, last_status, last_error, next_attempt_at, ended_at";

    private DeliveryRow() {}

    static Delivery claimed(ResultSet row) throws SQLException {
        return new Delivery(
                uuid(row, "id"),
                row.getString("url"),
                row.getString("host"),
                ended(row),
                Micros.instant(row.getLong("created_at")),
                row.getInt("attempts"),
                row.getInt("counted"));
    }

    static Outbox.Entry entry(ResultSet row) throws SQLException {
        return new Outbox.Entry(
                uuid(row, "id"),
                ended(row).status(),
                DeliveryState.of(row.getString("state")),
                row.getInt("attempts"),
                row.getObject("last_status", Integer.class),
                row.getString("last_error"),
                Micros.instant(row.getLong("created_at")),
                StoredIngestions.instant(row, "next_attempt_at"),
                StoredIngestions.instant(row, "ended_at"));
    }

    static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class));
    }

    private static Outline ended(ResultSet row) throws SQLException {
        Progress progress = new Progress(
                row.getInt("batches"), row.getInt("completed"), row.getInt("failed"), row.getInt("cancelled"));
        return Outline.of(
                uuid(row, "ingestion"),
                Priority.valueOf(row.getString("priority")),
                Micros.instant(row.getLong("accepted_at")),
                progress,
                progress.total());
    }
}
