package dev.batchgate.transfer;

import dev.batchgate.ingestion.DatabaseUrl;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * The PostgreSQL that is copied into: its tables are there and empty, and no replica can put anything into them until
 * this is closed. What has not been committed then has never been. Not safe for use by several threads.
 */
final class TargetDatabase implements AutoCloseable {

    /** A copy may take longer than what a platform allows a request; and it is to be on disk when it is said to be. */
    private static final String SETTINGS = """
            SELECT set_config('search_path', quote_ident(?), true), set_config('statement_timeout', '0', true),
              set_config('idle_in_transaction_session_timeout', '0', true), set_config('synchronous_commit', 'on', true)""";

    private static final String HAS_TABLES = "SELECT to_regclass('ingestion') IS NOT NULL";

    /** Whoever dispatches, accepts or orders locks one of these rows first. */
    private static final String LOCK_GATE = "SELECT one FROM gate FOR UPDATE";

    private static final String LOCK_ACCEPTANCE = "SELECT one FROM acceptance FOR UPDATE";

    private static final String IS_EMPTY = """
            SELECT NOT EXISTS (SELECT 1 FROM ingestion) AND NOT EXISTS (SELECT 1 FROM line)
               AND NOT EXISTS (SELECT 1 FROM batch) AND NOT EXISTS (SELECT 1 FROM dispatch)
               AND NOT EXISTS (SELECT 1 FROM run) AND NOT EXISTS (SELECT 1 FROM control)
               AND NOT EXISTS (SELECT 1 FROM result)
               AND EXISTS (SELECT 1 FROM gate
                           WHERE slot = 0 AND left_at = 0 AND closed_until = 0 AND NOT paused AND control = 0
                             AND gone = '{0,0,0}' AND retrying = '{0,0,0}' AND unreachable = 0 AND trouble IS NULL)
               AND EXISTS (SELECT 1 FROM acceptance WHERE sequence = 0 AND created_at = 0 AND batches = '{0,0,0}')""";

    /** Changes nothing, but until all is over, no replica gets a number for its run. */
    private static final String HOLD_RUNS = "ALTER TABLE run ALTER COLUMN run SET INCREMENT BY 1";

    /** Whether a replica may have a number already, which would be that of a run that is copied. */
    private static final String HAS_REPLICAS = """
            SELECT pg_sequence_last_value(pg_get_serial_sequence('run', 'run')::regclass) IS NOT NULL
               AND EXISTS (SELECT 1 FROM pg_stat_activity
                           WHERE datname = current_database() AND application_name = 'batchgate')""";

    private static final String NOW = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

    private final String name;
    private final Connection connection;
    private final long now;

    private TargetDatabase(String name, Connection connection, long now) {
        this.name = name;
        this.connection = connection;
        this.now = now;
    }

    static TargetDatabase open(DatabaseUrl url) throws NotCopied {
        String schema = url.schema();
        String name = "%s, schema %s".formatted(url, schema);
        try {
            Connection connection = url.connect();
            try {
                return new TargetDatabase(name, connection, prepare(connection, url, schema, name));
            } catch (SQLException | RuntimeException | NotCopied failed) {
                connection.close();
                throw failed;
            }
        } catch (FlywayValidateException other) {
            throw new NotCopied(
                    "The tables in %s were made by another version of Batchgate; copy with the newest version you use."
                            .formatted(name));
        } catch (SQLException | FlywayException unusable) {
            throw new NotCopied("%s cannot be used: %s".formatted(name, reason(unusable)));
        }
    }

    private static String reason(Exception failed) {
        Throwable root = failed;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        boolean same = root == failed || failed instanceof FlywayException;
        return same ? String.valueOf(root.getMessage()) : failed.getMessage() + " " + root;
    }

    /** Returns what the time is, on the clock that the replicas go by. */
    private static long prepare(Connection connection, DatabaseUrl url, String schema, String name)
            throws SQLException, NotCopied {
        connection.setAutoCommit(false);
        // What was committed while a lock was waited for is to be seen.
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        use(connection, schema);
        // Not even the tables of a database that is in use are to be brought up to date.
        if (isTrue(connection, HAS_TABLES)) {
            requireEmpty(connection, name);
        }
        boolean canHaveSchema = url.canHaveSchema(connection);
        connection.rollback();
        if (!canHaveSchema) {
            throw new NotCopied("%s cannot be used: permission denied to create the schema.".formatted(name));
        }
        migrate(url, schema);
        use(connection, schema);
        try (Statement statement = connection.createStatement()) {
            statement.execute(LOCK_GATE);
            statement.execute(LOCK_ACCEPTANCE);
            requireEmpty(connection, name);
            statement.execute(HOLD_RUNS);
            if (isTrue(connection, HAS_REPLICAS)) {
                throw new NotCopied(
                        "A Batchgate process is using %s. Stop it first, and start it again once all is copied."
                                .formatted(name));
            }
            try (ResultSet row = statement.executeQuery(NOW)) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static void use(Connection connection, String schema) throws SQLException {
        try (PreparedStatement settings = connection.prepareStatement(SETTINGS)) {
            settings.setString(1, schema);
            settings.execute();
        }
    }

    private static void requireEmpty(Connection connection, String name) throws SQLException, NotCopied {
        if (!isTrue(connection, IS_EMPTY)) {
            throw new NotCopied(
                    "%s is not empty. Copy into a database, or a schema (?currentSchema=…), that Batchgate has not been used with."
                            .formatted(name));
        }
    }

    private static boolean isTrue(Connection connection, String question) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static void migrate(DatabaseUrl url, String schema) {
        // No patterns: by default, what a newer version has added would be overlooked.
        Flyway.configure()
                .dataSource(url.jdbcUrl(), url.user(), url.password())
                .defaultSchema(schema)
                .schemas(schema)
                .createSchemas(true)
                .locations("classpath:dev/batchgate/postgres")
                .ignoreMigrationPatterns(new String[0])
                .load()
                .migrate();
    }

    Connection connection() {
        return connection;
    }

    /** When it was locked, in microseconds since 1970. */
    long now() {
        return now;
    }

    @Override
    public String toString() {
        return name;
    }

    /** Rolls back what has not been committed. */
    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException gone) {
            // And with it what was not committed.
        }
    }
}
