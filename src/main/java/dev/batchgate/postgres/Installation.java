package dev.batchgate.postgres;

import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.StartRefused;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all replicas find in the database, and the first of them makes. Migrations only ever add: replicas of the version
 * before go on with what is there.
 */
final class Installation {

    private static final Logger log = LoggerFactory.getLogger(Installation.class);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** No patience helps: wrong password, no such user, no such database. */
    private static final Set<String> HOPELESS = Set.of("28P01", "28000", "3D000");

    private static final String LOCK = "SELECT pg_advisory_lock(hashtext('batchgate migrations'))";
    private static final String LOCK_PATIENCE = "SET lock_timeout = '60s'";
    private static final String ENCODING = "SHOW server_encoding";
    private static final String NEW_RUN = "SELECT nextval(pg_get_serial_sequence('run', 'run'))";

    private Installation() {}

    /**
     * Waits for the database, brings the schema up to date, one replica after the other, and returns the number of this
     * replica among all that ever were.
     */
    static long join(DatabaseUrl url, Database database) throws InterruptedException {
        try (Connection connection = connect(url, database);
                Statement statement = connection.createStatement()) {
            // Others may be at it, one after the other.
            connection.setNetworkTimeout(
                    Runnable::run, (int) PATIENCE.multipliedBy(2).toMillis());
            statement.execute(LOCK_PATIENCE);
            statement.execute(LOCK);
            requireUtf8(url, connection);
            requireSchema(url, connection);
            migrate(url);
            try (PreparedStatement next = connection.prepareStatement(NEW_RUN);
                    ResultSet run = next.executeQuery()) {
                run.next();
                long number = run.getLong(1);
                log.info("Sharing the queue and the gate in {}, as replica {}", url, number);
                return number;
            }
        } catch (SQLException | FlywayException unusable) {
            throw new StartRefused(
                    "The database %s cannot be used: %s.".formatted(url, firstLine(unusable)),
                    "See to it that it can be reached, and that its user may create a schema and tables.");
        }
    }

    private static Connection connect(DatabaseUrl url, Database database) throws SQLException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (boolean first = true; ; first = false) {
            try {
                return database.connect();
            } catch (SQLException unreachable) {
                if (HOPELESS.contains(String.valueOf(unreachable.getSQLState())) || System.nanoTime() - end > 0) {
                    throw unreachable;
                }
                if (first) {
                    log.warn(
                            "The database {} cannot be reached yet: {}. Trying for {} s",
                            url,
                            firstLine(unreachable),
                            PATIENCE.toSeconds());
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    /** Else what an upstream answers could be impossible to store. */
    private static void requireUtf8(DatabaseUrl url, Connection connection) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(ENCODING);
                ResultSet row = ask.executeQuery()) {
            row.next();
            if (!row.getString(1).equals("UTF8")) {
                throw new StartRefused(
                        "The database %s has the encoding %s, which cannot hold every text."
                                .formatted(url, row.getString(1)),
                        "Use a database that was created with ENCODING 'UTF8'.");
            }
        }
    }

    /** Else to make it would be tried again and again, while other replicas wait. */
    private static void requireSchema(DatabaseUrl url, Connection connection) throws SQLException {
        if (!url.canHaveSchema(connection)) {
            throw new StartRefused(
                    "The database %s has no schema %s, and its user may not create one.".formatted(url, url.schema()),
                    "Let somebody create it who may: CREATE SCHEMA %s AUTHORIZATION the_user; or GRANT CREATE ON DATABASE."
                            .formatted(url.schema()));
        }
    }

    /** What a newer version has already added is no reason not to start. */
    static void migrate(DatabaseUrl url) {
        String schema = url.schema();
        Flyway.configure()
                .dataSource(url.jdbcUrl(), url.user(), url.password())
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(true)
                .locations("classpath:dev/batchgate/postgres")
                .load()
                .migrate();
    }

    private static String firstLine(Exception failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("[.\\s]+$", "");
    }
}
