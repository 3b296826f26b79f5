package dev.batchgate.local;

import dev.batchgate.ingestion.StartRefused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.sqlite.NativeLibraryNotFoundException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteOpenMode;

/**
 * The folder of the embedded store: one SQLite database, its schema up to date, and a lock that keeps every other
 * process out until this one ends, however it does. Any thread may ask for connections.
 */
final class StoreFolder implements AutoCloseable {

    private static final String DATABASE = "batchgate.db";
    private static final String LOCK = "batchgate.lock";
    private static final String PROBE = "batchgate.probe";
    private static final int PROBE_BYTES = 256 << 10;
    private static final int LOG_BYTES = 16 << 20;
    private static final int BUSY_MILLIS = 5_000;

    private final Path folder;
    private final FileChannel lock;

    private StoreFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Throws {@link StartRefused} where it cannot be used; what is in it has not been touched then. */
    static StoreFolder open(Path path) {
        Path folder = path.toAbsolutePath().normalize();
        StoreFolder opened = new StoreFolder(folder, lock(folder));
        try {
            opened.migrate();
            return opened;
        } catch (RuntimeException refused) {
            opened.close();
            throw refused;
        }
    }

    private static FileChannel lock(Path folder) {
        FileChannel channel = null;
        try {
            Files.createDirectories(folder);
            channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw new StartRefused(
                        "Another Batchgate process is using the store in %s.".formatted(folder),
                        "Stop the other one first, or give this one a folder of its own: batchgate.store.path.");
            }
            return channel;
        } catch (IOException unusable) {
            throw unusable(folder, unusable);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    private void migrate() {
        try {
            // No patterns: by default, what a newer version has added would be overlooked.
            Flyway.configure()
                    .dataSource(source(config()))
                    .locations("classpath:dev/batchgate/local")
                    .ignoreMigrationPatterns(new String[0])
                    .load()
                    .migrate();
        } catch (FlywayValidateException newer) {
            throw new StartRefused(
                    "The store in %s was written by another version of Batchgate, and this one cannot read it."
                            .formatted(folder),
                    "Start the version that wrote it, or a newer one. Nothing in it has been changed.");
        } catch (FlywayException unreadable) {
            throw unusable(unreadable);
        }
    }

    /** What tells the database's file from another one of the same name; throws where there is none. */
    Object identity() throws SQLException {
        try {
            Object key =
                    Files.readAttributes(database(), BasicFileAttributes.class).fileKey();
            return key == null ? DATABASE : key;
        } catch (IOException gone) {
            throw new SQLException("The database has been removed", gone);
        }
    }

    /** Throws where nothing more can be stored: a database that is full may still have room inside for a little. */
    void requireRoom() throws SQLException {
        Path probe = folder.resolve(PROBE);
        try (FileChannel channel = FileChannel.open(
                probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            for (ByteBuffer bytes = ByteBuffer.allocate(PROBE_BYTES); bytes.hasRemaining(); ) {
                channel.write(bytes);
            }
            channel.force(true);
            Files.delete(probe);
        } catch (IOException full) {
            throw new SQLException(full);
        }
    }

    /**
     * A connection that writes, each statement by itself unless it is told BEGIN: left to the driver, a new transaction
     * would begin with every commit and keep others out. A commit is on stable storage when it returns.
     */
    Connection connectToWrite() throws SQLException {
        SQLiteConfig config = config();
        // A database that somebody has removed is not to be replaced by an empty one.
        config.resetOpenMode(SQLiteOpenMode.CREATE);
        return source(config).getConnection();
    }

    /** Connections that read, beside the one that writes and never waiting for it. */
    DataSource reading() {
        SQLiteConfig config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return new SQLiteDataSource(config) {
            @Override
            public SQLiteConnection getConnection(String noUser, String noPassword) throws SQLException {
                return new ReadingConnection(url(), database().toString(), config.toProperties());
            }
        };
    }

    private static SQLiteConfig config() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setBusyTimeout(BUSY_MILLIS);
        // What the write-ahead log is cut to once a long reader that made it grow has ended.
        config.setJournalSizeLimit(LOG_BYTES);
        // Else the driver asks for the last row's number after each INSERT, in a statement of its own.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private DataSource source(SQLiteConfig config) {
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl(url());
        return source;
    }

    private String url() {
        return "jdbc:sqlite:" + database();
    }

    private Path database() {
        return folder.resolve(DATABASE);
    }

    StartRefused unusable(Exception cause) {
        return unusable(folder, cause);
    }

    private static StartRefused unusable(Path folder, Exception cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String action = root instanceof NativeLibraryNotFoundException
                ? "Let the folder for temporary files, %s, be written to and run from: in a container, --tmpfs /tmp:exec."
                        .formatted(System.getProperty("java.io.tmpdir"))
                : "Make the folder and its files writable for the user %s and see that its disk has room, or name another"
                                .formatted(System.getProperty("user.name"))
                        + " folder: batchgate.store.path.";
        StartRefused refused = new StartRefused(
                "The store in %s cannot be used: %s: %s"
                        .formatted(folder, root.getClass().getSimpleName(), root.getMessage()),
                action);
        refused.initCause(cause);
        return refused;
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException released) {
            // The lock ends with the process at the latest.
        }
    }
}
