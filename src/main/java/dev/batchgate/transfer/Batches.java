package dev.batchgate.transfer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The batches that have been dispatched, one row for each, which an embedded store has in memory only: made of their
 * dispatches and of the results of their ids. Not safe for use by several threads.
 */
final class Batches implements AutoCloseable {

    private static final String DISPATCHES = """
            SELECT d.ingestion, d.batch, %s, %s
            FROM dispatch d JOIN ingestion i ON i.sequence = d.ingestion
            ORDER BY d.ingestion, d.batch, d.slot""".formatted(BatchCourse.COLUMNS, Records.RANK);

    private static final String WITHDRAWN = """
            SELECT count(*) > 0 FROM control WHERE ingestion = ? AND kind = 'cancel' AND after_slot >= ?""";

    private static final List<String> COLUMNS = List.of(
            "ingestion",
            "batch",
            "rank",
            "status",
            "attempts",
            "counted",
            "unknown_outcomes",
            "started_at",
            "finished_at",
            "error",
            "next_attempt_at",
            "withdrawn",
            "places",
            "failed",
            "cancelled");

    private final Connection source;
    private final Rows rows;
    private final long now;
    private final KnownIds.Lookup ids;
    private final PreparedStatement withdrawn;
    private final List<Withdrawn> ended = new ArrayList<>();

    private Batches(Connection source, Rows rows, long now) throws SQLException {
        this.source = source;
        this.rows = rows;
        this.now = now;
        this.ids = new KnownIds.Lookup(source);
        this.withdrawn = source.prepareStatement(WITHDRAWN);
    }

    /** Puts them into the target; returns those that were cancelled while they were in flight and so have ended now. */
    static List<Withdrawn> copy(Connection source, Connection target, long now) throws SQLException {
        try (Rows rows = new Rows(target, "batch", COLUMNS);
                Batches batches = new Batches(source, rows, now)) {
            batches.copy();
            rows.end();
            return batches.ended;
        }
    }

    private void copy() throws SQLException {
        BatchCourse course = null;
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(DISPATCHES)) {
            while (row.next()) {
                long ingestion = row.getLong("ingestion");
                int batch = row.getInt("batch");
                if (course == null || !course.isOf(ingestion, batch)) {
                    put(course);
                    course = new BatchCourse(ingestion, batch, row.getInt("rank"));
                }
                course.dispatched(row);
            }
        }
        put(course);
    }

    private void put(@Nullable BatchCourse course) throws SQLException {
        if (course == null) {
            return;
        }
        String end = course.end();
        if (end != null) {
            put(course, end, course.finishedAt(), course.error(), knownOf(course, end));
        } else if (isWithdrawn(course)) {
            KnownIds known = ids.of(course.ingestion(), course.batch());
            Withdrawn last = new Withdrawn(course.ingestion(), course.slot(), known);
            put(course, last.status(), now, known.before().failed(), known.cancelled());
            ended.add(last);
        } else {
            put(course, "triggered", null, course.error(), ids.of(course.ingestion(), course.batch()));
        }
    }

    /** Looked up where it is not plain: of a batch that has not failed, no id has. */
    private @Nullable KnownIds knownOf(BatchCourse course, String end) throws SQLException {
        return end.equals("failed") ? ids.of(course.ingestion(), course.batch()) : null;
    }

    private boolean isWithdrawn(BatchCourse course) throws SQLException {
        if (!course.wasInFlight()) {
            return false;
        }
        withdrawn.setLong(1, course.ingestion());
        withdrawn.setLong(2, course.slot());
        try (ResultSet row = withdrawn.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private void put(
            BatchCourse course,
            String status,
            @Nullable Long finishedAt,
            @Nullable String error,
            @Nullable KnownIds known)
            throws SQLException {
        boolean waits = finishedAt == null;
        rows.begin();
        rows.putLong(course.ingestion());
        rows.putInt(course.batch());
        rows.putShort(course.rank());
        rows.putText(status);
        rows.putInt(course.attempts());
        rows.putInt(course.counted());
        rows.putInt(course.unknownOutcomes());
        rows.putLong(course.startedAt());
        rows.putLong(finishedAt);
        rows.putText(error);
        rows.putLong(waits ? course.nextAttemptAt(now) : null);
        rows.putBoolean(false);
        rows.putInts(waits && known != null ? known.missing() : null);
        rows.putText(known == null ? null : known.before().failed());
        rows.putBoolean(
                known == null ? status.equals("cancelled") : known.before().cancelled());
    }

    @Override
    public void close() throws SQLException {
        ids.close();
        withdrawn.close();
    }
}
