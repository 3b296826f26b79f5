package dev.batchgate.ledger;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/**
 * A folder with SQLite in it, which a service may be writing to.
 *
 * @param name as it was given
 */
record EmbeddedStore(Path folder, String name) implements Store {

    /** The version of a store is that of the newest thing in it that is read. */
    private static final String IS_CURRENT = "SELECT count(*) > 0 FROM sqlite_schema WHERE name = 'dispatch_by_turn'";

    private static final int BUSY_MILLIS = 5_000;

    @Override
    public Connection open() throws SQLException {
        Path database = folder.resolve("batchgate.db");
        if (!Files.isRegularFile(database)) {
            throw new SQLException("there is no batchgate.db in " + folder);
        }
        Connection connection = open(database);
        connection.setAutoCommit(false);
        return connection;
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
            first.executeQuery(StoreRecords.RUNS).close();
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

    @Override
    public String toString() {
        return name;
    }
}
