package dev.batchgate.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to the database: a pool for all who come and go, and some that one thread keeps for itself. Whoever
 * loses one is told that the store is {@link Unavailable}, and the next call finds another.
 *
 * <p>Any thread may enter. {@code trouble} is what the last call ran into, whoever made it.
 */
final class Database implements AutoCloseable {

    /** What everything is kept in, unless the URL names another in {@code currentSchema}. */
    private static final String SCHEMA = "batchgate";

    private static final Pattern CURRENT_SCHEMA = Pattern.compile("[?&]currentSchema=([A-Za-z_][A-Za-z0-9_]*)");

    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final String READ_ONLY_TRANSACTION = "25006";
    private static final int CONNECTIONS = 12;
    private static final int PATIENCE_MILLIS = 3_000;

    /** Whatever the server's defaults are: each statement sees what is committed, and what is committed is on disk. */
    private static final String FIRST = """
            SELECT set_config('default_transaction_isolation', 'read committed', false),
                   set_config('synchronous_commit',
                              replace(current_setting('synchronous_commit'), 'off', 'on'), false),
                   set_config('jit', 'off', false),
                   set_config('idle_in_transaction_session_timeout', '5s', false)""";

    private final DatabaseUrl url;
    private final HikariDataSource pool;
    private volatile @Nullable String trouble;

    Database(DatabaseUrl url) {
        this.url = url;
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setJdbcUrl(url.jdbcUrl());
        config.setDataSourceProperties(settings(url));
        config.setConnectionInitSql(FIRST);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(2);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        config.setValidationTimeout(PATIENCE_MILLIS / 2);
        config.setInitializationFailTimeout(-1);
        this.pool = new HikariDataSource(config);
    }

    static String schema(DatabaseUrl url) {
        Matcher named = CURRENT_SCHEMA.matcher(url.jdbcUrl());
        return named.find() ? named.group(1) : SCHEMA;
    }

    private static Properties settings(DatabaseUrl url) {
        Properties settings = url.properties();
        settings.setProperty("currentSchema", schema(url));
        settings.setProperty("ApplicationName", "batchgate");
        settings.setProperty("tcpKeepAlive", "true");
        settings.setProperty("connectTimeout", "3");
        settings.setProperty("socketTimeout", "10");
        return settings;
    }

    /** What is to be done over a connection. */
    @FunctionalInterface
    interface Work<T> {
        T over(Connection connection) throws SQLException;
    }

    /** Throws {@link Unavailable} where it cannot be done; of a change nobody knows then whether it was made. */
    <T> T call(Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            T result = work.over(connection);
            over();
            return result;
        } catch (SQLException failure) {
            throw unavailable(failure);
        }
    }

    /** A connection for one thread, which so waits for nobody. */
    Session session() {
        return new Session();
    }

    /** A connection that is made when it is needed, and again when it has been lost. One thread. */
    final class Session implements AutoCloseable {

        private @Nullable Connection connection;

        private Session() {}

        /** As {@link Database#call}. */
        <T> T call(Work<T> work) {
            try {
                Connection open = connection == null ? connect() : connection;
                connection = open;
                T result = work.over(open);
                over();
                return result;
            } catch (SQLException failure) {
                close();
                throw unavailable(failure);
            }
        }

        @Override
        public void close() {
            Connection lost = connection;
            connection = null;
            try {
                if (lost != null) {
                    lost.close();
                }
            } catch (SQLException broken) {
                log.debug("Closing a connection failed", broken);
            }
        }
    }

    /** A new connection, with the settings of all of them. */
    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(url.jdbcUrl(), settings(url));
        try (Statement first = connection.createStatement()) {
            first.execute(FIRST);
            return connection;
        } catch (SQLException broken) {
            connection.close();
            throw broken;
        }
    }

    private Unavailable unavailable(SQLException failure) {
        if (pool.isClosed()) {
            return new Unavailable("Batchgate is stopping; try again in a moment.", RETRY_AFTER, failure);
        }
        if (trouble == null) {
            log.error(
                    "The database cannot be used; submissions are refused with 503, and nothing is dispatched, until it can: {}",
                    failure.toString());
        }
        if (READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
            // The server has become a standby; new connections find the primary.
            pool.getHikariPoolMXBean().softEvictConnections();
        }
        trouble = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return new Unavailable(
                "The database cannot be used at the moment; try again soon. Batchgate's log says why.",
                RETRY_AFTER,
                failure);
    }

    private void over() {
        if (trouble != null) {
            trouble = null;
            log.info("The database can be used again");
        }
    }

    /** Why the last call failed; empty while all is well. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    @Override
    public void close() {
        pool.close();
    }
}
