package dev.batchgate.ledger;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.springframework.util.FileSystemUtils;

/** An embedded store that no service wrote, in a folder of its own. */
final class HandMadeFolder extends HandMadeStore {

    private final Path folder;

    private HandMadeFolder(Path folder, Connection connection) {
        super(connection);
        this.folder = folder;
    }

    /** As the version before this one left it. */
    static HandMadeFolder older() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "stores"));
            Path folder = Files.createTempDirectory(parent, "made");
            Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batchgate.db"));
            HandMadeFolder store = new HandMadeFolder(folder, connection);
            store.sql("PRAGMA synchronous = OFF");
            store.migrate("local/V1__journal.sql");
            connection.setAutoCommit(false);
            return store;
        } catch (IOException | SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** As this version does when it takes an older store over, without what the proof does not read. */
    void upgrade() {
        upgradeButForFairness();
        migrate("local/V8__fairness.sql");
    }

    void upgradeButForFairness() {
        migrate("local/V2__results_and_orders.sql");
        migrate("local/V5__origins.sql");
    }

    @Override
    String name() {
        return folder.toString();
    }

    @Override
    public void close() {
        super.close();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
