package dev.batchgate.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * The clock of a database and of its replicas, which moves only where somebody waits: as far as that takes. Long after the
 * server was started, so that all leases can run out.
 */
final class MovedDatabaseTime {

    private static final String MOVE = "UPDATE moved_clock SET micros = ?";

    private final Database database;
    private long error;
    private long micros = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().plus(Duration.ofDays(1)));

    MovedDatabaseTime(Database database) {
        this.database = database;
        database.call(connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE moved_clock (micros bigint)");
                statement.execute("INSERT INTO moved_clock VALUES (" + micros + ")");
                return statement.execute("CREATE OR REPLACE FUNCTION now_micros() RETURNS bigint LANGUAGE sql VOLATILE"
                        + " AS 'SELECT micros FROM moved_clock'");
            }
        });
    }

    synchronized long nanos() {
        return 1_000 * micros;
    }

    synchronized void pass(Duration time) {
        micros += (time.toNanos() + 999) / 1_000;
        database.call(this::move);
    }

    /** Sets the database's clock to a wrong time; the replicas' is not affected. */
    synchronized void setDatabaseWrongBy(Duration wrong) {
        error = wrong.toNanos() / 1_000;
        database.call(this::move);
    }

    private int move(Connection connection) throws SQLException {
        try (PreparedStatement move = connection.prepareStatement(MOVE)) {
            move.setLong(1, micros + error);
            return move.executeUpdate();
        }
    }

    /** An alarm that waits by letting time pass. */
    Alarm alarm() {
        return new Alarm() {
            @Override
            synchronized void await(Set<News> matter, long nanos) {
                if (!hasRung(matter)) {
                    pass(Duration.ofNanos(nanos));
                }
            }
        };
    }
}
