package dev.batchgate.transfer;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;

/**
 * One embedded store on its way into another folder. It is read in one transaction, which keeps nobody from writing, and
 * has its name only once it is whole, checked and on disk.
 */
final class StoreCopy {

    private static final String DATABASE = "batchgate.db";
    private static final int BUSY_MILLIS = 5_000;

    /** Not the backup of SQLite's own tool: that begins anew with each commit of another process. */
    private static final String COPY = "VACUUM INTO ?";

    /** What has been dispatched since, a copy does not know; whoever takes it over waits for that ({@code Recovery}). */
    private static final String MARK = "PRAGMA user_version = 1";

    private static final String CHECK = "PRAGMA quick_check(1)";
    private static final String COUNT = """
            SELECT (SELECT count(*) FROM ingestion), (SELECT count(*) FROM ingestion WHERE finished_at IS NULL),
              (SELECT count(*) FROM dispatch)""";

    private final Path source;
    private final Path folder;

    private StoreCopy(Path source, Path folder) {
        this.source = source;
        this.folder = folder;
    }

    /** What is in a copy. */
    record Counts(long ingestions, long waiting, long dispatches, long bytes) {}

    static StoreCopy prepare(Path store, Path folder) throws NotCopied {
        Path source = store.resolve(DATABASE);
        if (!Files.isRegularFile(source)) {
            throw new NotCopied("There is no store in %s: it has no file %s.".formatted(store, DATABASE));
        }
        if (Files.exists(folder.resolve(DATABASE))) {
            throw new NotCopied(
                    "There is a store in %s already. Name a folder that has none; it is made if it is not there."
                            .formatted(folder));
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException impossible) {
            throw new NotCopied("The folder %s cannot be made: %s.".formatted(folder, impossible.getMessage()));
        }
        return new StoreCopy(source, folder);
    }

    /** Leaves nothing behind where it throws. */
    Counts make() throws SQLException, IOException {
        Path part = Files.createTempFile(folder, DATABASE, ".part");
        try {
            copyTo(part);
            Counts counts = finish(part);
            force(part);
            Files.move(part, target());
            force(folder);
            return counts;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    Path target() {
        return folder.resolve(DATABASE);
    }

    private void copyTo(Path part) throws SQLException {
        try (Connection store = SourceStore.connect(source);
                PreparedStatement copy = store.prepareStatement(COPY)) {
            copy.setString(1, part.toString());
            copy.execute();
        }
    }

    private static Counts finish(Path part) throws SQLException {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        try (Connection copy = config.createConnection("jdbc:sqlite:" + part);
                Statement statement = copy.createStatement()) {
            statement.execute(MARK);
            try (ResultSet found = statement.executeQuery(CHECK)) {
                if (!found.next() || !found.getString(1).equals("ok")) {
                    throw new SQLException("the copy is not sound: " + found.getString(1));
                }
            }
            try (ResultSet counts = statement.executeQuery(COUNT)) {
                counts.next();
                return new Counts(
                        counts.getLong(1),
                        counts.getLong(2),
                        counts.getLong(3),
                        part.toFile().length());
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
