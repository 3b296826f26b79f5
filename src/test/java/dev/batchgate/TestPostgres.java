package dev.batchgate;

import dev.batchgate.ingestion.DatabaseUrl;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A PostgreSQL from Maven's artifacts, one for all tests of a JVM, with which it ends; and in it a database of its own for
 * each that asks.
 */
public final class TestPostgres {

    private static final AtomicInteger databases = new AtomicInteger();
    private static EmbeddedPostgres server;

    private TestPostgres() {}

    /** A new, empty database. */
    public static DatabaseUrl newDatabase() {
        return newDatabase("template1");
    }

    /** A new database that is like another one, to which nobody is connected. */
    public static DatabaseUrl newDatabase(String template) {
        String name = "db" + databases.incrementAndGet();
        try {
            EmbeddedPostgres running = server();
            try (Connection connection = running.getPostgresDatabase().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + name + " TEMPLATE " + template);
            }
            return new DatabaseUrl(
                    "jdbc:postgresql://127.0.0.1:%d/%s".formatted(running.getPort(), name), "postgres", "postgres");
        } catch (IOException | SQLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** As a platform writes it. */
    public static String variable(DatabaseUrl url) {
        return url.jdbcUrl().replace("jdbc:postgresql://", "postgres://" + url.user() + ":" + url.password() + "@");
    }

    private static synchronized EmbeddedPostgres server() throws IOException {
        if (server == null) {
            server = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "300")
                    .start();
        }
        return server;
    }
}
