package dev.batchgate.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to the database: a pool for those who change something, one for those who read, and some that one thread
 * keeps for itself. Whoever loses one is told that the store is {@link Unavailable}, and the next call finds another.
 *
 * <p>Any thread may enter. {@code trouble} is what the last change ran into, whoever made it.
 */
final class Database implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);
    private static final String READ_ONLY_TRANSACTION = "25006";
    private static final String CANNOT_BE_USED =
            "The database cannot be used at the moment; try again soon. Batchgate's log says why.";
    private static final int DECIDING = 4;
    private static final int ENDING = 2;
    private static final int READING = 8;
    private static final int PATIENCE_MILLIS = 3_000;

    /** When nothing has succeeded for so long, there is trouble; not when one call of many has failed. */
    private static final Duration LOOKED_AT = Duration.ofSeconds(3);

    /** When nobody has tried for so long whether it is over, whoever comes next does. */
    private static final Duration UNTRIED = Duration.ofSeconds(10);

    /** After which a server that does not answer is taken to be gone. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** Whether anything can be written: a server may go on reading with a full disk, or as a standby. */
    private static final String PROBE = "UPDATE acceptance SET one = true";

    /** Whatever the server's defaults are: each statement sees what is committed, and what is committed is on disk. */
    private static final String FIRST = """
            SELECT set_config('default_transaction_isolation', 'read committed', false),
                   set_config('synchronous_commit',
                              replace(current_setting('synchronous_commit'), 'off', 'on'), false),
                   set_config('jit', 'off', false),
                   set_config('idle_in_transaction_session_timeout', '5s', false)""";

    /** Plans are kept for as long as a connection lives, and must not be those for tables that were empty when it began. */
    private static final String FIRST_TO_READ = FIRST + ",\n set_config('enable_seqscan', 'off', false)";

    private final DatabaseUrl url;
    private final HikariDataSource deciding;
    private final HikariDataSource ending;
    private final HikariDataSource reading;
    private volatile @Nullable String trouble;
    private volatile long succeeded = System.nanoTime();
    private final AtomicLong failures = new AtomicLong();
    private final AtomicLong tried = new AtomicLong(System.nanoTime());

    Database(DatabaseUrl url) {
        this.url = url;
        this.deciding = pool(url, "deciding", DECIDING, FIRST);
        this.ending = pool(url, "ending", ENDING, FIRST);
        this.reading = pool(url, "reading", READING, FIRST_TO_READ);
    }

    private static HikariDataSource pool(DatabaseUrl url, String name, int connections, String first) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(url.jdbcUrl());
        config.setDataSourceProperties(settings(url));
        config.setConnectionInitSql(first);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        config.setValidationTimeout(PATIENCE_MILLIS / 2);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private static Properties settings(DatabaseUrl url) {
        Properties settings = url.properties();
        settings.setProperty("currentSchema", url.schema());
        settings.setProperty("ApplicationName", "batchgate");
        settings.setProperty("tcpKeepAlive", "true");
        settings.setProperty("connectTimeout", "3");
        settings.setProperty("socketTimeout", String.valueOf(SILENCE.toSeconds()));
        return settings;
    }

    /** What is to be done over a connection. */
    @FunctionalInterface
    interface Work<T> {
        T over(Connection connection) throws SQLException;
    }

    /**
     * Changes something. Throws {@link Unavailable} where it cannot: nobody knows then whether it was changed; or at once,
     * while it is known that nothing can be.
     */
    <T> T call(Work<T> work) {
        requireUsable();
        return change(deciding, work);
    }

    /**
     * Refuses at once what would only wait to be refused. Whether the trouble is over, the dispatcher and the leases mostly
     * find out, who ask again and again whatever they were told.
     */
    void requireUsable() {
        long now = System.nanoTime();
        if (trouble == null || now - succeeded < LOOKED_AT.toNanos()) {
            return;
        }
        long before = tried.get();
        if (now - before < UNTRIED.toNanos() || !tried.compareAndSet(before, now)) {
            throw new Unavailable(CANNOT_BE_USED, RETRY_AFTER);
        }
    }

    /** Records how a dispatch ended, which must not wait for those who order. As {@link #call}. */
    <T> T end(Work<T> work) {
        return change(ending, work);
    }

    private <T> T change(HikariDataSource pool, Work<T> work) {
        try (Connection connection = pool.getConnection()) {
            T result = work.over(connection);
            over();
            return result;
        } catch (SQLTransientConnectionException busy) {
            if (pool.getHikariPoolMXBean().getActiveConnections() == pool.getMaximumPoolSize()) {
                throw new Unavailable("Too much is being ordered at the moment; try again soon.", RETRY_AFTER, busy);
            }
            throw unavailable(busy);
        } catch (SQLException failure) {
            throw unavailable(failure);
        }
    }

    /** Only reads, and so keeps nobody waiting who decides. Throws {@link Unavailable} where it cannot, or too many read. */
    <T> T read(Work<T> work) {
        try (Connection connection = reading.getConnection()) {
            return work.over(connection);
        } catch (SQLException failure) {
            log.debug("Reading failed", failure);
            throw new Unavailable("The database cannot be read at the moment; try again soon.", RETRY_AFTER, failure);
        }
    }

    /** A connection for one thread, which so waits for nobody. */
    Session session() {
        return session(SILENCE);
    }

    /** The same, which takes a server that is silent for so long to be gone. */
    Session session(Duration silence) {
        return new Session(silence);
    }

    /** A connection that is made when it is needed, and again when it has been lost. One thread. */
    final class Session implements AutoCloseable {

        private @Nullable Connection connection;

        /** How many failures there had been when it was made. */
        private long failuresBefore;

        private final Duration silence;

        private Session(Duration silence) {
            this.silence = silence;
        }

        /** As {@link Database#call}, but tries it in any case. */
        <T> T call(Work<T> work) {
            return call(work, true);
        }

        /** See {@link Database#requireUsable}. */
        void requireUsable() {
            Database.this.requireUsable();
        }

        /** The same for what changes something now and then: that it succeeds does not say that others would. */
        <T> T ask(Work<T> work) {
            if (trouble != null) {
                call(Session::write, true);
            }
            return call(work, false);
        }

        private static boolean write(Connection connection) throws SQLException {
            try (Statement probe = connection.createStatement()) {
                return probe.execute(PROBE);
            }
        }

        private <T> T call(Work<T> work, boolean writes) {
            try {
                if (failuresBefore != failures.get()) {
                    // What broke for others may be broken here, too, and nobody noticed.
                    close();
                }
                Connection open = connection;
                if (open == null) {
                    failuresBefore = failures.get();
                    open = connect();
                    connection = open;
                    open.setNetworkTimeout(Runnable::run, (int) silence.toMillis());
                }
                T result = work.over(open);
                if (writes) {
                    over();
                }
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
        if (deciding.isClosed()) {
            return new Unavailable("Batchgate is stopping; try again in a moment.", RETRY_AFTER, failure);
        }
        if (trouble == null) {
            log.error(
                    "The database cannot be used; submissions are refused with 503, and nothing is dispatched, until it can: {}",
                    failure.toString());
        }
        if (READ_ONLY_TRANSACTION.equals(failure.getSQLState())) {
            // The server has become a standby; new connections find the primary.
            deciding.getHikariPoolMXBean().softEvictConnections();
        }
        tried.set(System.nanoTime());
        failures.incrementAndGet();
        trouble = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return new Unavailable(CANNOT_BE_USED, RETRY_AFTER, failure);
    }

    private void over() {
        succeeded = System.nanoTime();
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
        deciding.close();
        ending.close();
        reading.close();
    }
}
