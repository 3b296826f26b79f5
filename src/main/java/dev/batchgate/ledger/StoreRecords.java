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
import org.sqlite.SQLiteConfig;

/**
 * The records of an embedded store, all of one moment, whether or not a service is writing to it. Nothing is written
 * and nobody waits.
 */
final class StoreRecords implements AutoCloseable {

    private static final String RUNS = """
            SELECT run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results FROM run""";

    /** The version of a store is that of the newest table in it. */
    private static final String IS_CURRENT = "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'control'";

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
            requireCurrent(first);
            first.executeQuery(RUNS).close();
            return connection;
        } catch (SQLException unreadable) {
            connection.close();
            throw unreadable;
        }
    }

    private static void requireCurrent(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(IS_CURRENT)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw new SQLException("it is from an older version; start Batchgate on it once");
            }
        }
    }

    Map<Long, Run> runs() throws SQLException {
        Map<Long, Run> runs = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RUNS)) {
            while (row.next()) {
                long run = row.getLong("run");
                runs.put(
                        run,
                        new Run(
                                run,
                                row.getLong("started_at"),
                                row.getLong("started_ticks"),
                                row.getString("boot"),
                                row.getLong("interval_nanos"),
                                row.getInt("max_in_flight"),
                                !row.getBoolean("keeps_results")));
            }
        }
        return runs;
    }

    Cut cut() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet first = statement.executeQuery(FIRST_DISPATCH)) {
            return first.next() ? new Cut(first.getLong("slot"), first.getLong("accepted")) : new Cut(0, 0);
        }
    }

    /** Tells every check of everything, in the order in which it happened. */
    void replay(Map<Long, Run> runs, List<? extends Check> checks) throws SQLException {
        new Replay(connection, runs, checks).run();
    }

    /** Tells of the results of all batches. */
    void tellResults(Map<Long, Run> runs, ResultCheck check) throws SQLException {
        new ResultRecords(connection, runs).tell(check);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
