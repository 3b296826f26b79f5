package dev.batchgate;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL that writes to stable storage, to be killed, frozen, stopped and started again: its port and its data
 * survive all of it, until it is closed.
 */
final class PostgresServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final AtomicInteger databases = new AtomicInteger();
    private final Path folder;
    private final Path log;
    private final int port;
    private final String commandLine;
    private final Thread atExit = new Thread(this::abandon);
    private Process postmaster;

    private PostgresServer(Path folder) throws IOException {
        this.folder = folder;
        this.log = folder.resolve("server.log");
        this.port = freePort();
        Path data = data(folder);
        // It unpacks, initializes and finds the flags; what happens later is not for it to know.
        EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("max_connections", "300")
                .setServerConfig("unix_socket_directories", "")
                .setPGStartupWait(PATIENCE)
                .start()
                .close();
        this.commandLine = Files.readString(data.resolve("postmaster.opts")).strip();
    }

    /** One in a copy of the other's folder, which is not running. */
    private PostgresServer(Path folder, PostgresServer original) throws IOException {
        this.folder = folder;
        this.log = folder.resolve("server.log");
        this.port = freePort();
        FileSystemUtils.copyRecursively(data(original.folder), data(folder));
        Files.setPosixFilePermissions(data(folder), PosixFilePermissions.fromString("rwx------"));
        this.commandLine = original.commandLine
                .replace(original.folder.toString(), folder.toString())
                .replace(Integer.toString(original.port), Integer.toString(port));
    }

    private static Path data(Path folder) {
        return folder.resolve("data");
    }

    /** A new, running one. */
    static PostgresServer started() {
        try {
            return new PostgresServer(newFolder()).begun();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Path newFolder() throws IOException {
        return Files.createTempDirectory(Path.of("target").toAbsolutePath(), "postgres");
    }

    private PostgresServer begun() {
        Runtime.getRuntime().addShutdownHook(atExit);
        start();
        return this;
    }

    /** A new, running one that follows this one; from then on nothing is acknowledged that it does not have, too. */
    PostgresServer standby() throws IOException {
        stop();
        PostgresServer standby = new PostgresServer(newFolder(), this);
        start();
        Path data = data(standby.folder);
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(
                data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=%d user=postgres password=postgres'\n".formatted(port),
                StandardOpenOption.APPEND);
        standby.begun();
        execute("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        execute("postgres", "SELECT pg_reload_conf()");
        await().atMost(PATIENCE).until(() -> isTrue("SELECT bool_or(sync_state = 'sync') FROM pg_stat_replication"));
        return standby;
    }

    /** A standby ends to be one. */
    void promote() {
        execute("postgres", "SELECT pg_promote()");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Starts it where it was left, or crashed; returns when it answers. */
    void start() {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            // It refuses to be run by root, who is nobody there.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of("sh", "-c", "exec " + commandLine));
        try {
            postmaster = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> !postmaster.isAlive() || answers());
        if (!postmaster.isAlive()) {
            throw new AssertionError(log());
        }
    }

    private boolean answers() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    /** {@code kill -9} of the postmaster, which takes the others with it; returns when all are gone. */
    void kill() {
        end("KILL");
    }

    /** An orderly stop that waits for no client; returns when it is over. */
    void stop() {
        end("INT");
    }

    private void end(String signal) {
        List<ProcessHandle> others = postmaster.descendants().toList();
        Signals.send(signal, Stream.of(postmaster.toHandle()));
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !postmaster.isAlive() && others.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Stops all of its processes where they are: connections stay open, and nobody answers. */
    void freeze() {
        Signals.send("STOP", processes());
    }

    /** Lets them go on. */
    void thaw() {
        Signals.send("CONT", processes());
    }

    private Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(postmaster.toHandle()), postmaster.descendants());
    }

    int port() {
        return port;
    }

    /** What it has written to its log. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** A new, empty database; returns its name. */
    String newDatabase() {
        String name = "db" + databases.incrementAndGet();
        execute("postgres", "CREATE DATABASE " + name);
        return name;
    }

    /** As a platform writes it, by way of any port that leads here. */
    static String variable(int port, String database) {
        return "postgres://postgres:postgres@127.0.0.1:%d/%s".formatted(port, database);
    }

    String variable(String database) {
        return variable(port, database);
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s?connectTimeout=5".formatted(port, database), "postgres", "postgres");
    }

    void execute(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException failed) {
            throw new AssertionError(sql, failed);
        }
    }

    private boolean isTrue(String sql) throws SQLException {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    /** Ends it in order, also after a crash, and deletes all that it has written. */
    @Override
    public void close() throws IOException {
        Runtime.getRuntime().removeShutdownHook(atExit);
        thaw();
        if (!postmaster.isAlive()) {
            // What a crash leaves in the kernel, the next start takes away.
            start();
        }
        stop();
        FileSystemUtils.deleteRecursively(folder);
    }

    private void abandon() {
        try {
            if (postmaster != null && postmaster.isAlive()) {
                thaw();
                Signals.send("INT", Stream.of(postmaster.toHandle()));
                postmaster.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException undeletable) {
            throw new UncheckedIOException(undeletable);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
