package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.StartRefused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFolderTests {

    private final TestStore store = new TestStore();

    @TempDir
    private Path folder;

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void aSecondUserIsRefusedUntilTheFirstHasEnded() {
        store.open(Clock.systemUTC(), Ticker.SYSTEM);

        assertThatThrownBy(() -> StoreFolder.open(store.folder()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("Another Batchgate process is using the store in ");

        store.kill();
        StoreFolder.open(store.folder()).close();
    }

    @Test
    void aStoreOfANewerVersionIsRefusedAndNotTouched() throws Exception {
        store.open(Clock.systemUTC(), Ticker.SYSTEM);
        store.kill();
        store.tamper(
                "INSERT INTO flyway_schema_history VALUES"
                        + " (99, '99', 'something new', 'SQL', 'V99__something_new.sql', 1, 'somebody', '2030-01-01 00:00:00.000', 1, 1)");
        store.tamper("ALTER TABLE ingestion ADD COLUMN something_new TEXT");
        store.tamper("PRAGMA wal_checkpoint(TRUNCATE)");
        byte[] before = Files.readAllBytes(store.folder().resolve("batchgate.db"));

        assertThatThrownBy(() -> StoreFolder.open(store.folder()))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("was written by another version of Batchgate");

        assertThat(Files.readAllBytes(store.folder().resolve("batchgate.db"))).isEqualTo(before);
    }

    @Test
    void whatIsNoStoreIsRefusedAndNotTouched() throws Exception {
        Path database = folder.resolve("batchgate.db");
        Files.writeString(database, "a shopping list, and not a short one".repeat(100));

        assertThatThrownBy(() -> StoreFolder.open(folder))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("cannot be used")
                .hasMessageContaining("not a database");

        assertThat(Files.readString(database)).startsWith("a shopping list");
    }

    @Test
    void aPathThatIsNoFolderIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "x");

        assertThatThrownBy(() -> StoreFolder.open(file.resolve("below"))).isInstanceOf(StartRefused.class);
        assertThatThrownBy(() -> StoreFolder.open(file)).isInstanceOf(StartRefused.class);
    }

    @Test
    void everyCommitIsForcedToTheDisk() throws Exception {
        try (StoreFolder opened = StoreFolder.open(folder);
                Connection writer = opened.connectToWrite()) {
            assertThat(pragma(writer, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(writer, "synchronous")).as("FULL").isEqualTo("2");
        }
    }

    private static String pragma(Connection connection, String name) throws Exception {
        try (Statement statement = connection.createStatement();
                ResultSet value = statement.executeQuery("PRAGMA " + name)) {
            value.next();
            return value.getString(1);
        }
    }
}
