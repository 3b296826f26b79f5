package dev.batchgate.local;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What an id has come to, as a row of the store. */
final class ResultRow {

    private static final String COMPLETED = "completed";
    private static final String FAILED = "failed";
    private static final String CANCELLED = "cancelled";

    /** It may be there already, where a commit failed and reached the disk all the same. */
    private static final String PUT = """
            INSERT OR REPLACE INTO result (ingestion, position, status, form, content_type, data, error, http_status)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)""";

    private ResultRow() {}

    /** Nothing is written of an id that is to be asked for again. */
    static void write(StoreWriter store, long ingestion, int position, IdOutcome outcome) throws SQLException {
        if (outcome instanceof IdOutcome.Fetched fetched) {
            Data data = fetched.data();
            put(store, ingestion, position, COMPLETED, data.form().name(), data.contentType(), data.text(), null, null);
        } else if (outcome instanceof IdOutcome.Failed failed) {
            put(store, ingestion, position, FAILED, null, null, null, failed.reason(), failed.httpStatus());
        } else if (outcome instanceof IdOutcome.Cancelled) {
            put(store, ingestion, position, CANCELLED, null, null, null, null, null);
        }
    }

    private static void put(StoreWriter store, @Nullable Object... values) throws SQLException {
        store.update(PUT, values);
    }

    /** Reads the columns status, form, content_type, data, error and http_status. */
    static IdOutcome read(ResultSet row) throws SQLException {
        return switch (row.getString("status")) {
            case COMPLETED ->
                new IdOutcome.Fetched(new Data(
                        Data.Form.valueOf(row.getString("form")),
                        row.getString("content_type"),
                        row.getString("data")));
            case FAILED -> {
                String error = row.getString("error");
                int status = row.getInt("http_status");
                yield new IdOutcome.Failed(error, row.wasNull() ? null : status);
            }
            default -> new IdOutcome.Cancelled();
        };
    }
}
