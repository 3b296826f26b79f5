package dev.batchgate.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The records of an embedded store, all of one moment, whether or not a service is writing to it. Nothing is written
 * and nobody waits.
 */
final class StoreRecords implements AutoCloseable {

    private static final String RUNS = "SELECT run, started_ticks, boot, interval_nanos, max_in_flight FROM run";
    private static final String DISPATCHES = """
            SELECT slot, run, started_ticks, accepted, ingestion, priority, batch, attempt,
                   outcome, departed_ticks, ended_ticks
            FROM dispatch ORDER BY slot""";

    /** What is in the store, and what the ledger alone still tells of ingestions that have been deleted since. */
    private static final String INGESTIONS = """
            SELECT sequence, priority, created_at, 0 AS first_batch,
                   (length(ids) / id_bytes + batch_size - 1) / batch_size AS batches,
                   finished_at IS NOT NULL AS finished, 0 AS deleted
            FROM ingestion
            UNION ALL
            SELECT ingestion, min(priority), 0,
                   coalesce(min(CASE WHEN attempt = 1 THEN batch END), max(batches)), max(batches), 1, 1
            FROM dispatch WHERE ingestion NOT IN (SELECT sequence FROM ingestion) GROUP BY ingestion
            ORDER BY sequence""";

    private static final String FIRST_DISPATCH = "SELECT slot, accepted FROM dispatch ORDER BY slot LIMIT 1";

    private static final int BUSY_MILLIS = 5_000;

    private final Connection connection;

    StoreRecords(Path folder) throws SQLException {
        Path database = folder.resolve("batchgate.db");
        if (!Files.isRegularFile(database)) {
            throw new SQLException("there is no batchgate.db in " + folder);
        }
        this.connection = open(database);
        // One transaction, which sees what was there when it began.
        connection.setAutoCommit(false);
    }

    private static Connection open(Path database) throws SQLException {
        try {
            return connect("jdbc:sqlite:" + database);
        } catch (SQLException noRoomForALock) {
            Path log = database.resolveSibling(database.getFileName() + "-wal");
            if (log.toFile().length() > 0) {
                throw noRoomForALock;
            }
            // On a disk that cannot be written nobody changes it, and without a log all there is is in it.
            return connect("jdbc:sqlite:" + database.toUri() + "?immutable=1");
        }
    }

    private static Connection connect(String url) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        Connection connection = config.createConnection(url);
        try (Statement first = connection.createStatement()) {
            first.executeQuery(RUNS).close();
            return connection;
        } catch (SQLException unreadable) {
            connection.close();
            throw unreadable;
        }
    }

    Map<Long, Run> runs() throws SQLException {
        Map<Long, Run> runs = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RUNS)) {
            while (row.next()) {
                runs.put(
                        row.getLong(1),
                        new Run(row.getLong(1), row.getLong(2), row.getString(3), row.getLong(4), row.getInt(5)));
            }
        }
        return runs;
    }

    /** Ingestions up to this sequence may be gone without a trace, because what the ledger told of them is. */
    long deletedUpTo() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet first = statement.executeQuery(FIRST_DISPATCH)) {
            return first.next() && first.getLong("slot") > 1 ? first.getLong("accepted") : 0;
        }
    }

    /** Tells every check of every record, each ingestion just before the first dispatch that could have chosen it. */
    void replay(Map<Long, Run> runs, List<? extends Check> checks) throws SQLException {
        try (Statement accepting = connection.createStatement();
                ResultSet ingestions = accepting.executeQuery(INGESTIONS);
                Statement dispatching = connection.createStatement();
                ResultSet dispatches = dispatching.executeQuery(DISPATCHES)) {
            Accepted next = nextAccepted(ingestions);
            while (dispatches.next()) {
                Dispatch dispatch = dispatch(dispatches, runs);
                for (; next != null && next.sequence() <= dispatch.newest(); next = nextAccepted(ingestions)) {
                    tellAccepted(checks, next);
                }
                checks.forEach(check -> check.dispatched(dispatch));
            }
            for (; next != null; next = nextAccepted(ingestions)) {
                tellAccepted(checks, next);
            }
        }
        checks.forEach(Check::end);
    }

    private static void tellAccepted(List<? extends Check> checks, Accepted ingestion) {
        checks.forEach(check -> check.accepted(ingestion));
    }

    private static @Nullable Accepted nextAccepted(ResultSet rows) throws SQLException {
        return rows.next()
                ? new Accepted(
                        rows.getLong("sequence"),
                        rows.getString("priority"),
                        rows.getLong("created_at"),
                        rows.getInt("first_batch"),
                        rows.getInt("batches"),
                        rows.getBoolean("finished"),
                        rows.getBoolean("deleted"))
                : null;
    }

    private static Dispatch dispatch(ResultSet row, Map<Long, Run> runs) throws SQLException {
        long run = row.getLong("run");
        return new Dispatch(
                row.getLong("slot"),
                runs.getOrDefault(run, Run.unknown(run)),
                row.getLong("started_ticks"),
                row.getLong("accepted"),
                row.getLong("ingestion"),
                row.getString("priority"),
                row.getInt("batch"),
                row.getInt("attempt"),
                row.getString("outcome"),
                number(row, "departed_ticks"),
                number(row, "ended_ticks"));
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
