package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code backup-store}, on stores that no service wrote; for a service that runs see {@code BackupTests}. */
class BackupStoreTests {

    private static final List<String> TABLES = List.of("run", "ingestion", "dispatch", "result", "control", "change");

    @TempDir
    private Path folder;

    private MadeStore store;
    private Path backup;

    private record Answer(int exit, String printed) {}

    @BeforeEach
    void make() {
        backup = folder.resolve("backups").resolve("monday");
        store = MadeStore.in(folder.resolve("store"));
        store.sql("INSERT INTO run VALUES (1, 1, 1, 'boot', 1, 1, 1, 0, NULL)");
        store.ingestion(1, "LOW", 3, 4);
        store.ingestion(2, "HIGH", 3, 2);
        store.ended(1, 2, 0, "failed", "'it broke'");
        store.sql("UPDATE ingestion SET finished_at = 5 WHERE sequence = 2");
        store.result(2, 0, "failed", "'it broke'");
        store.order(1, "pause", 1, "NULL", "NULL");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void everyRowIsInIt() throws Exception {
        Answer answer = run(store.folder(), backup);

        assertThat(answer.exit()).as(answer.printed()).isZero();
        assertThat(answer.printed())
                .contains("ingestions   2, 1 of them waiting", "dispatches   1", "checked and on disk");
        try (Connection copy = connect(backup)) {
            for (String table : TABLES) {
                String all = "SELECT * FROM " + table;
                assertThat(MadeStore.rows(copy, all)).as(table).isEqualTo(store.rows(all));
            }
            String schema = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name";
            assertThat(MadeStore.rows(copy, schema)).isEqualTo(store.rows(schema));
        }
        assertThat(names(backup)).containsExactly("batchgate.db");
    }

    @Test
    void itSaysThatItIsOneAndTheStoreDoesNot() throws Exception {
        run(store.folder(), backup);

        try (Connection copy = connect(backup)) {
            assertThat(MadeStore.rows(copy, "PRAGMA user_version")).containsExactly(Map.of("user_version", 1L));
        }
        assertThat(store.rows("PRAGMA user_version")).containsExactly(Map.of("user_version", 0L));
    }

    @Test
    void itHoldsUpNobodyAndIsOfOneMoment() throws Exception {
        try (Connection writer = connect(store.folder());
                Statement statement = writer.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            statement.execute("DELETE FROM result");

            assertThat(run(store.folder(), backup).exit()).isZero();

            statement.execute("COMMIT");
        }
        try (Connection copy = connect(backup)) {
            assertThat(MadeStore.rows(copy, "SELECT position FROM result")).hasSize(1);
        }
    }

    @Test
    void aStoreOfAnOlderVersionIsBackedUpBeforeItIsUpgraded() throws Exception {
        try (MadeStore older = MadeStore.older(folder.resolve("older"))) {
            older.ingestion(1, "LOW", 3, 4);

            Answer answer = run(older.folder(), backup);

            assertThat(answer.exit()).as(answer.printed()).isZero();
            assertThat(older.rows("SELECT 1 FROM sqlite_schema WHERE name = 'control'"))
                    .isEmpty();
        }
    }

    @Test
    void aBackupIsNotOverwritten() throws Exception {
        run(store.folder(), backup);
        store.sql("DELETE FROM result");

        Answer answer = run(store.folder(), backup);

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.printed()).contains("There is a store in", "There is no backup.");
        try (Connection copy = connect(backup)) {
            assertThat(MadeStore.rows(copy, "SELECT position FROM result")).hasSize(1);
        }
        assertThat(run(store.folder(), store.folder()).exit()).isEqualTo(2);
    }

    @Test
    void whatIsDamagedIsNoBackup() throws Exception {
        store.sql("PRAGMA wal_checkpoint(TRUNCATE)");
        store.close();
        Path database = store.folder().resolve("batchgate.db");
        byte[] bytes = Files.readAllBytes(database);
        // Past the schema, which is in the first page.
        for (int at = 4_096; at < bytes.length; at++) {
            bytes[at] = (byte) (at * 31);
        }
        Files.write(database, bytes);

        Answer answer = run(store.folder(), backup);

        assertThat(answer.exit()).as(answer.printed()).isEqualTo(1);
        assertThat(answer.printed()).contains("It broke off, and there is no backup");
        assertThat(names(backup)).isEmpty();
    }

    @Test
    void whatIsNoStoreIsNotBackedUp() throws Exception {
        assertThat(run(folder.resolve("nowhere"), backup).printed()).contains("There is no store in", "no backup");
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("batchgate.db"), "not a database, but quite long all the same".repeat(100));
        assertThat(run(other, backup).exit()).isEqualTo(1);
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Files.createFile(empty.resolve("batchgate.db"));
        assertThat(run(empty, backup).exit()).isEqualTo(1);
        assertThat(names(backup)).isEmpty();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));

        Answer answer = run(store.folder(), file.resolve("below"));

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.printed()).contains("cannot be made", "There is no backup.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--store x",
                "--store x --to",
                "--to x",
                "--store x --to y --more z",
                "--store x --to y --to z"
            })
    void otherwiseItSaysHowItIsCalled(String arguments) {
        Answer answer = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.printed()).startsWith("Usage: java -jar batchgate.jar backup-store --store DIR --to DIR");
    }

    private static Answer run(Path from, Path to) {
        return run("--store", from.toString(), "--to=" + to);
    }

    private static Answer run(String... arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = BackupStore.run(List.of(arguments), new PrintStream(printed, true, StandardCharsets.UTF_8));
        return new Answer(exit, printed.toString(StandardCharsets.UTF_8));
    }

    private static Connection connect(Path folder) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batchgate.db"));
    }

    private static Set<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        }
    }
}
