package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.springframework.util.FileSystemUtils;

/** A store that no service wrote, in a folder of its own. */
final class HandMadeStore implements AutoCloseable {

    private final Path folder;
    private final Connection connection;

    private HandMadeStore() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "stores"));
            folder = Files.createTempDirectory(parent, "made");
            connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batchgate.db"));
            sql("PRAGMA synchronous = OFF");
            migrate("V1__journal.sql");
            connection.setAutoCommit(false);
        } catch (IOException | SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static HandMadeStore empty() {
        HandMadeStore store = new HandMadeStore();
        store.upgrade();
        return store;
    }

    /** As the version before this one left it. */
    static HandMadeStore older() {
        return new HandMadeStore();
    }

    /** As this version does when it takes an older store over. */
    void upgrade() {
        migrate("V2__results_and_orders.sql");
    }

    private void migrate(String version) {
        try (InputStream file = HandMadeStore.class.getResourceAsStream("/dev/batchgate/local/" + version)) {
            sql(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    void sql(String statements) {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(statements);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Only columns that have a value need be there. */
    void insert(String table, Map<String, Object> row) {
        String sql = "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(
                        table,
                        String.join(", ", row.keySet()),
                        String.join(", ", Collections.nCopies(row.size(), "?")));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int column = 0;
            for (Object value : row.values()) {
                insert.setObject(++column, value);
            }
            insert.executeUpdate();
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** What the proof prints; fails unless its exit code agrees with it. */
    String verify() {
        try {
            connection.commit();
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", folder.toString()), new PrintStream(printed, true, StandardCharsets.UTF_8));
        String report = printed.toString(StandardCharsets.UTF_8);
        int expected = !report.contains("violations") ? 2 : report.contains("violations   0") ? 0 : 1;
        assertThat(exit).as(report).isEqualTo(expected);
        return report;
    }

    @Override
    public void close() {
        try {
            connection.close();
            FileSystemUtils.deleteRecursively(folder);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
