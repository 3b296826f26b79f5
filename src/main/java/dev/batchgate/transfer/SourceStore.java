package dev.batchgate.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * An embedded store that is read and not changed, by anybody: no service can use it until this is closed. Not safe for
 * use by several threads.
 */
final class SourceStore implements AutoCloseable {

    /** A store is as new as what was added to it last. */
    private static final String IS_CURRENT = "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'dispatch_by_turn'";

    private static final int BUSY_MILLIS = 5_000;

    private final FileChannel lock;
    private final Connection connection;

    private SourceStore(FileChannel lock, Connection connection) {
        this.lock = lock;
        this.connection = connection;
    }

    static SourceStore open(Path folder) throws NotCopied {
        Path database = folder.resolve("batchgate.db");
        if (!Files.isRegularFile(database)) {
            throw new NotCopied("There is no store in %s: it has no file batchgate.db.".formatted(folder));
        }
        FileChannel lock = null;
        try {
            lock = lock(folder);
            return new SourceStore(lock, read(folder, database));
        } catch (IOException | SQLException unreadable) {
            close(lock);
            throw new NotCopied("The store in %s cannot be read: %s.".formatted(folder, unreadable.getMessage()));
        } catch (NotCopied refused) {
            close(lock);
            throw refused;
        }
    }

    /** The lock that a service has on its store; shared, which is all that can be had of a file that is only read. */
    private static FileChannel lock(Path folder) throws IOException, NotCopied {
        FileChannel channel = openToLock(folder.resolve("batchgate.lock"));
        if (tryLock(channel) == null) {
            close(channel);
            throw new NotCopied(
                    "A Batchgate process is using the store in %s. Stop it first; what it has in flight is fetched to its end."
                            .formatted(folder));
        }
        return channel;
    }

    private static FileChannel openToLock(Path file) throws IOException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ);
        } catch (IOException notToBeWritten) {
            return FileChannel.open(file, StandardOpenOption.READ);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(0, Long.MAX_VALUE, true);
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private static Connection read(Path folder, Path database) throws SQLException, NotCopied {
        Connection connection = connect(database);
        if (!isCurrent(connection)) {
            connection.close();
            throw new NotCopied(
                    "The store in %s is from an older version. Start Batchgate on it once and stop it again, then copy it."
                            .formatted(folder));
        }
        // One transaction, which sees what was there when it began.
        connection.setAutoCommit(false);
        return connection;
    }

    /** One that reads, whether or not a service is using it. */
    static Connection connect(Path database) throws SQLException {
        try {
            return connect("jdbc:sqlite:" + database);
        } catch (SQLException noRoomForALock) {
            if (database.resolveSibling(database.getFileName() + "-wal")
                            .toFile()
                            .length()
                    > 0) {
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
        try {
            isCurrent(connection);
            return connection;
        } catch (SQLException unreadable) {
            connection.close();
            throw unreadable;
        }
    }

    private static boolean isCurrent(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(IS_CURRENT)) {
            return row.next() && row.getBoolean(1);
        }
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException read) {
            // Nothing was written that could be lost.
        }
        close(lock);
    }

    private static void close(@Nullable FileChannel lock) {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException released) {
            // The lock ends with the process at the latest.
        }
    }
}
