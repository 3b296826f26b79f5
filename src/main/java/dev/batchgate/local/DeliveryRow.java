package dev.batchgate.local;

import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Deliveries as they are in the store. */
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
                StoreWriter.uuid(row.getBytes("id")),
                row.getString("url"),
                row.getString("host"),
                ended(row),
                Micros.instant(row.getLong("created_at")),
                row.getInt("attempts"),
                row.getInt("counted"));
    }

    static Outbox.Entry entry(ResultSet row) throws SQLException {
        int status = row.getInt("last_status");
        Integer lastStatus = row.wasNull() ? null : status;
        return new Outbox.Entry(
                StoreWriter.uuid(row.getBytes("id")),
                ended(row).status(),
                DeliveryState.of(row.getString("state")),
                row.getInt("attempts"),
                lastStatus,
                row.getString("last_error"),
                Micros.instant(row.getLong("created_at")),
                StoredDispatches.instant(row, "next_attempt_at"),
                StoredDispatches.instant(row, "ended_at"));
    }

    private static Outline ended(ResultSet row) throws SQLException {
        Progress progress = new Progress(
                row.getInt("batches"), row.getInt("completed"), row.getInt("failed"), row.getInt("cancelled"));
        return Outline.of(
                StoreWriter.uuid(row.getBytes("ingestion")),
                Priority.valueOf(row.getString("priority")),
                Micros.instant(row.getLong("accepted_at")),
                progress,
                progress.total());
    }
}
