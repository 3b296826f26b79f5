package dev.batchgate.local;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * The store as those see it who only read. Any thread may enter; each reads over a connection of its own, of which there
 * are a few, beside the one that writes.
 */
final class StoreReader implements AutoCloseable {

    private static final int CONNECTIONS = 4;
    private static final long PATIENCE_MILLIS = 5_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final HikariDataSource connections;

    StoreReader(StoreFolder folder) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("store");
        config.setDataSource(folder.reading());
        config.setReadOnly(true);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        this.connections = new HikariDataSource(config);
    }

    /** What is to be read; over before the next one has its turn. */
    @FunctionalInterface
    interface Query<T> {
        T read(Connection connection) throws SQLException;
    }

    /** Throws {@link Unavailable} where the store cannot be read. */
    <T> T read(Query<T> query) {
        try (Connection connection = connections.getConnection()) {
            return query.read(connection);
        } catch (SQLException unreadable) {
            throw new Unavailable("The store cannot be read at the moment.", RETRY_AFTER, unreadable);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
