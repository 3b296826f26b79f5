package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.TestPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;

/** What the command says and does, and what it refuses to. */
class CopyStoreTests {

    private final Target target = Target.create();
    private MadeStore store;

    @TempDir
    private Path folder;

    @BeforeEach
    void makeStore() {
        store = MadeStore.in(folder.resolve("store"));
        store.sql("""
            INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results)
            VALUES (6, 1, 2, 'boot', 5000000000, 1, 1)""");
        store.ingestion(1, "HIGH", 3, 9);
        store.ingestion(2, "LOW", 3, 3);
        store.ended(1, 1, 0, "completed", "NULL");
        store.dispatch(2, 1, 1, "", "");
        store.result(1, 0, "completed", "NULL");
        store.order(1, "move", 1, "2", "'MEDIUM'");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void assertNothingIsCopied() {
        assertThat(target.row("""
            SELECT (SELECT count(*) FROM ingestion) + (SELECT count(*) FROM line) + (SELECT count(*) FROM batch)
              + (SELECT count(*) FROM dispatch) + (SELECT count(*) FROM run) + (SELECT count(*) FROM control)
              + (SELECT count(*) FROM result) AS rows, (SELECT slot FROM gate), (SELECT sequence FROM acceptance)""")).isEqualTo(Map.of("rows", 0L, "slot", 0L, "sequence", 0L));
    }

    @Test
    void itSaysWhatWasCopiedAndWhatToDoNext() {
        Target.Answer answer = target.copy(store.folder());

        assertThat(answer.exit()).as(answer.printed()).isZero();
        assertThat(answer.printed())
                .contains("Copying to postgresql://127.0.0.1:", "schema batchgate")
                .contains("ingestions   2", "batches      2 waiting, and 1 waiting to be dispatched again")
                .contains("results      1", "dispatches   2", "orders       1")
                .contains("set DATABASE_URL", "start Batchgate", "Do not start Batchgate on it again")
                .doesNotContain("postgres:postgres");
    }

    @Test
    void theStoreIsNotChanged() throws Exception {
        Path database = store.folder().resolve("batchgate.db");
        byte[] before = Files.readAllBytes(database);
        target.take(store.folder());

        assertThat(Files.readAllBytes(database)).isEqualTo(before);
        assertThat(store.rows("SELECT outcome FROM dispatch WHERE slot = 2").get(0))
                .containsEntry("outcome", null);
    }

    @Test
    void theNextRunComesAfterThoseThatWereCopied() {
        target.take(store.folder());
        target.sql("""
            INSERT INTO run (started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results)
            VALUES (1, 1, 'database', 1, 1, 1)""");

        assertThat(target.rows("SELECT run FROM run ORDER BY run"))
                .isEqualTo(List.of(Map.of("run", 6L), Map.of("run", 7L)));
    }

    @Test
    void anEmptyStoreLeavesEverythingAsItIsAtFirst() {
        try (MadeStore empty = MadeStore.in(folder.resolve("empty"))) {
            target.take(empty.folder());

            assertNothingIsCopied();
            assertThat(target.copy(store.folder()).exit()).isZero();
        }
    }

    @Test
    void theSchemaIsTheOneThatTheUrlNames() {
        String url = TestPostgres.variable(target.url()) + "?currentSchema=other,public";
        Target.Answer answer = Target.run(List.of("--to=" + url, "--from=" + store.folder()));

        assertThat(answer.exit()).as(answer.printed()).isZero();
        assertThat(answer.printed()).contains("schema other");
        assertThat(new Target(target.url(), "other").rows("SELECT 1 FROM ingestion"))
                .hasSize(2);
        assertThat(target.rows("SELECT nspname FROM pg_namespace WHERE nspname = 'batchgate'"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--from x",
                "--to y",
                "--from x --to",
                "--from x --to y --to z",
                "--from x --to y --quick z",
                "x y",
                "--from --to y",
            })
    void otherArgumentsAreAnsweredWithTheUsage(String arguments) {
        Target.Answer answer = Target.run(arguments.isEmpty() ? List.of() : List.of(arguments.split(" ", -1)));

        assertThat(answer.exit()).isEqualTo(2);
        assertThat(answer.printed()).startsWith("Usage: java -jar batchgate.jar copy-store --from DIR --to ");
    }

    private void assertRefused(Target.Answer answer, String... why) {
        assertThat(answer.exit()).as(answer.printed()).isEqualTo(2);
        assertThat(answer.printed())
                .contains(why)
                .contains("Nothing has been copied.")
                .doesNotContain("secret");
    }

    private Target.Answer copyTo(String url) {
        return Target.run(List.of("--from", store.folder().toString(), "--to", url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://root:secret@host/db",
                "postgres://root:se cret:secret@host/db",
                "jdbc:postgresql://root:secret@host/db",
                "jdbc:postgresql://host:port/db?user=root&password=secret",
                "postgres://root:secret@127.0.0.1:1/db",
                "jdbc:postgresql://127.0.0.1:1/db?password=secret",
                "postgres://root:secret@no-such-host.invalid/db",
            })
    void aUrlThatLeadsNowhereIsRefusedWithoutItsPassword(String url) {
        assertRefused(copyTo(url), "cannot be used");
    }

    @Test
    void aWrongPasswordIsNotShown() {
        String url = TestPostgres.variable(target.url()).replace("postgres:postgres@", "nobody:secret@");

        assertRefused(copyTo(url), "cannot be used", "nobody");
    }

    @Test
    void whoMayNotMakeTheSchemaIsToldSo() {
        target.sql("CREATE ROLE guest LOGIN PASSWORD 'secret'");
        String url = TestPostgres.variable(target.url()).replace("postgres:postgres@", "guest:secret@");

        assertRefused(copyTo(url), "cannot be used", "permission denied");
        target.sql("DROP ROLE guest");
    }

    @Test
    void aMissingStoreIsRefused() {
        assertRefused(target.copy(folder.resolve("nowhere")), "There is no store in ", "nowhere");
        assertRefused(target.copy(folder), "it has no file batchgate.db");
        assertThat(folder).isDirectoryNotContaining("glob:**.lock");
    }

    @Test
    void anOlderStoreIsRefusedAndLeftAsItIs() {
        try (MadeStore older = MadeStore.older(folder.resolve("older"))) {
            assertRefused(target.copy(older.folder()), "is from an older version", "Start Batchgate on it once");
            assertThat(older.rows("SELECT 1 FROM sqlite_schema WHERE name = 'control'"))
                    .isEmpty();
        }
    }

    @Test
    void whatIsNoDatabaseIsRefused() throws IOException {
        Path other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(other.resolve("batchgate.db"), "not a database, but quite long all the same".repeat(100));

        assertRefused(target.copy(other), "cannot be read");
    }

    @Test
    void aStoreInUseIsRefused() {
        Path used = folder.resolve("used");
        try (var service = SpringApplication.run(
                BatchgateApplication.class, "--server.port=0", "--batchgate.store.path=" + used)) {
            assertThat(service.isRunning()).isTrue();
            assertRefused(target.copy(used), "A Batchgate process is using the store", "Stop it first");
        }
        target.take(used);
    }

    /** Seen from another process, as a service would. */
    @Test
    void noServiceCanUseTheStoreMeanwhile() throws Exception {
        try (SourceStore read = SourceStore.open(store.folder())) {
            assertThat(read.connection().isReadOnly()).isTrue();
            assertThat(lockedByAnotherProcess()).contains("busy");
        }
        assertThat(lockedByAnotherProcess()).contains("free");
    }

    private String lockedByAnotherProcess() throws Exception {
        Path program = folder.resolve("Lock.java");
        Files.writeString(program, """
            class Lock {
                public static void main(String[] file) throws Exception {
                    try (var channel = java.nio.channels.FileChannel.open(
                            java.nio.file.Path.of(file[0]), java.nio.file.StandardOpenOption.WRITE)) {
                        System.out.println(channel.tryLock() == null ? "busy" : "free");
                    }
                }
            }""");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        program.toString(),
                        store.folder().resolve("batchgate.lock").toString())
                .redirectErrorStream(true)
                .start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE gate SET paused = true",
                "UPDATE gate SET unreachable = 1",
                "UPDATE gate SET gone = '{0,1,0}'",
                "UPDATE acceptance SET sequence = 1",
                "DELETE FROM gate",
                "INSERT INTO run VALUES (1, 1, 1, 'database', 1, 1, 1, 'host')",
                "INSERT INTO control VALUES (1, 1, 0, 0, 'pause', NULL, NULL, NULL)",
                "INSERT INTO result VALUES (1, 1, 'cancelled', NULL, NULL, NULL, NULL, NULL)",
            })
    void aDatabaseInUseIsRefused(String used) {
        migrate();
        target.sql(used);
        List<Map<String, Object>> before = target.rows("SELECT gate::text, acceptance::text FROM gate, acceptance");

        assertRefused(target.copy(store.folder()), "is not empty");
        assertThat(target.rows("SELECT gate::text, acceptance::text FROM gate, acceptance"))
                .isEqualTo(before);
        assertThat(target.rows("SELECT sequence FROM ingestion")).isEmpty();
    }

    @Test
    void itIsCopiedOnce() {
        target.take(store.folder());

        assertRefused(target.copy(store.folder()), "is not empty");
        assertThat(target.rows("SELECT sequence FROM ingestion")).hasSize(2);
    }

    /** So the tables are there, and empty. */
    private void migrate() {
        try (MadeStore empty = MadeStore.in(folder.resolve("empty"))) {
            target.take(empty.folder());
        }
    }

    /** It has a number for its run, which would be given again. */
    @Test
    void aDatabaseThatAReplicaIsConnectedToIsRefused() throws Exception {
        migrate();
        try (Connection replica = target.connect();
                Statement statement = replica.createStatement()) {
            statement.execute("SET application_name = 'batchgate'");
            statement.execute("SELECT nextval(pg_get_serial_sequence('run', 'run'))");
            assertRefused(target.copy(store.folder()), "A Batchgate process is using", "Stop it first");
        }
        Awaitility.await()
                .until(() -> target.rows("SELECT 1 FROM pg_stat_activity WHERE application_name = 'batchgate'")
                        .isEmpty());
        target.take(store.folder());
    }

    @Test
    void aReplicaOfAnotherSchemaDoesNoHarm() throws Exception {
        migrate();
        try (Connection replica = target.connect();
                Statement statement = replica.createStatement()) {
            statement.execute("SET application_name = 'batchgate'");
            target.take(store.folder());
        }
    }

    @Test
    void aReplicaThatIsFasterIsNotOverwritten() throws Exception {
        migrate();
        try (Connection replica = target.connect();
                Statement statement = replica.createStatement()) {
            replica.setAutoCommit(false);
            statement.execute("SELECT one FROM acceptance FOR UPDATE");
            statement.execute("UPDATE acceptance SET sequence = 1");
            CompletableFuture<Target.Answer> copied = CompletableFuture.supplyAsync(() -> target.copy(store.folder()));
            Awaitility.await()
                    .until(() -> !target.rows(
                                    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()")
                            .isEmpty());
            replica.commit();

            assertRefused(copied.get(30, TimeUnit.SECONDS), "is not empty");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE ingestion ADD CONSTRAINT obstacle CHECK (sequence < 2)",
                "ALTER TABLE result ADD CONSTRAINT obstacle CHECK (ingestion < 1)",
                "ALTER TABLE batch ADD CONSTRAINT obstacle CHECK (attempts < 1)",
                "ALTER TABLE line ADD CONSTRAINT obstacle CHECK (ingestion < 2)",
                "ALTER TABLE gate ADD CONSTRAINT obstacle CHECK (slot < 2)",
            })
    void whatBreaksOffLeavesNothing(String obstacle) {
        migrate();
        target.sql(obstacle);
        Target.Answer answer = target.copy(store.folder());

        assertThat(answer.exit()).as(answer.printed()).isEqualTo(1);
        assertThat(answer.printed()).contains("broke off, and nothing has been copied", "check constraint");
        assertNothingIsCopied();
        String table = obstacle.split(" ", 4)[2];
        target.sql("ALTER TABLE %s DROP CONSTRAINT obstacle".formatted(table));
        target.take(store.folder());
        assertThat(target.rows("SELECT sequence FROM ingestion")).hasSize(2);
    }

    @Test
    void aServerThatGoesAwayLeavesNothing() {
        migrate();
        target.sql("""
            CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
            CREATE TRIGGER leave BEFORE INSERT ON batch FOR EACH ROW EXECUTE FUNCTION leave()""");
        Target.Answer answer = target.copy(store.folder());

        assertThat(answer.exit()).as(answer.printed()).isEqualTo(1);
        assertThat(answer.printed()).contains("broke off, and nothing has been copied");
        assertNothingIsCopied();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE result SET http_status = 3000000000",
                "UPDATE ingestion SET priority = 'URGENT' WHERE sequence = 1",
                "UPDATE ingestion SET id = x'00' WHERE sequence = 1",
            })
    void aStoreThatMakesNoSenseLeavesNothing(String nonsense) {
        store.sql(nonsense);
        Target.Answer answer = target.copy(store.folder());

        assertThat(answer.exit()).as(answer.printed()).isEqualTo(1);
        assertNothingIsCopied();
    }

    @Test
    void theLockIsGivenBackWhateverHappens() throws Exception {
        store.sql("UPDATE result SET http_status = 3000000000");
        assertThat(target.copy(store.folder()).exit()).isEqualTo(1);
        try (FileChannel channel =
                        FileChannel.open(store.folder().resolve("batchgate.lock"), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            assertThat(lock).isNotNull();
        }
        try (Stream<Path> files = Files.list(store.folder())) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .isSubsetOf("batchgate.db", "batchgate.db-wal", "batchgate.db-shm", "batchgate.lock");
        }
    }
}
