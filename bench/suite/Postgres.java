package suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Debian's PostgreSQL as it is installed, which is durable, in a folder and on a port of its own. */
record Postgres(Process process, int port) implements AutoCloseable {

    private static final String USER = "postgres";
    private static final long PATIENCE_MILLIS = 60_000;

    static Postgres start() throws Exception {
        Path programs = programs();
        Path data = Files.createTempDirectory("batchgate-bench");
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
        Path cluster = data.resolve("cluster");
        int port = Service.freePort();
        Process made = asPostgres(programs.resolve("initdb"), "-D", cluster.toString(), "-A", "trust", "-U", USER)
                .redirectErrorStream(true)
                .redirectOutput(Service.OUT.resolve("initdb.log").toFile())
                .start();
        if (made.waitFor() != 0) {
            throw new IllegalStateException("initdb failed; see " + Service.OUT.resolve("initdb.log"));
        }
        Process process = asPostgres(
                        programs.resolve("postgres"),
                        "-D",
                        cluster.toString(),
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "max_connections=200")
                .redirectErrorStream(true)
                .redirectOutput(Service.OUT.resolve("postgres.log").toFile())
                .start();
        Postgres server = new Postgres(process, port);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.await();
        return server;
    }

    private static ProcessBuilder asPostgres(Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        }
        command.add(program.toString());
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).directory(Path.of("/").toFile());
    }

    private static Path programs() throws IOException {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.max(Path::compareTo).orElseThrow().resolve("bin");
        } catch (IOException none) {
            throw new IOException("PostgreSQL is needed: apt-get install postgresql", none);
        }
    }

    private void await() throws Exception {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (true) {
            try {
                execute(USER, "SELECT 1");
                return;
            } catch (SQLException notYet) {
                if (System.currentTimeMillis() > end || !process.isAlive()) {
                    throw notYet;
                }
                Thread.sleep(100);
            }
        }
    }

    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database), USER, "");
    }

    void execute(String database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A new database; returns what {@code DATABASE_URL} would say. */
    String create(String database) throws SQLException {
        execute(USER, "CREATE DATABASE " + database);
        return "postgres://%s:none@127.0.0.1:%d/%s".formatted(USER, port, database);
    }

    /** The same, as the service is told it. */
    Map<String, String> settings(String database) throws SQLException {
        create(database);
        return Map.of(
                "spring.datasource.url", "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database),
                "spring.datasource.username", USER,
                "spring.datasource.password", "none");
    }

    /** At once: told to end politely (SIGTERM), it would wait until nobody is connected. */
    @Override
    public void close() {
        try {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
            process.waitFor();
        } catch (InterruptedException | IOException unasked) {
            process.destroyForcibly();
        }
    }
}
