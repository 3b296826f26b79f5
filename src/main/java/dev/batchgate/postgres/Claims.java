package dev.batchgate.postgres;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for slots, over a connection of its own. One thread, the dispatcher's.
 *
 * <p>A slot and the batch that it is given to are one statement. Whatever becomes of this process while that runs, no lock
 * is held by it; and what it does not hear of was not sent, which it says with the next one.
 */
final class Claims implements AutoCloseable {

    private static final String CLAIM = "SELECT * FROM claim(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** So many at a time, since the gate is locked meanwhile. */
    private static final String FILL_OWNERS = "SELECT more FROM fill_owners(5000)";

    private static final String TELL = "SELECT pg_notify(current_schema() || '_gate', '')";

    private static final Logger log = LoggerFactory.getLogger(Claims.class);

    private final Database.Session session;
    private final Replica replica;
    private final long intervalMicros;
    private final int maxInFlight;
    private final Fairness fairness;
    private boolean ownersAreKnown;
    private long questions;

    Claims(Database.Session session, Replica replica, Duration interval, int maxInFlight, Fairness fairness) {
        this.session = session;
        this.replica = replica;
        this.intervalMicros = Micros.of(interval);
        this.maxInFlight = maxInFlight;
        this.fairness = fairness;
        this.ownersAreKnown = !fairness.takesTurns();
    }

    Claim claim(Flights flights) {
        while (!ownersAreKnown) {
            ownersAreKnown = session.ask(Claims::fillOwners);
        }
        Duration aging = fairness.aging();
        Flight departed = flights.toBeReported().orElse(null);
        long asked = replica.nanos();
        Claim claim = session.ask(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
                statement.setLong(1, replica.run());
                statement.setString(2, replica.name());
                statement.setLong(3, ++questions);
                statement.setLong(4, intervalMicros);
                statement.setInt(5, maxInFlight);
                statement.setLong(6, Micros.of(replica.lease()));
                statement.setArray(7, connection.createArrayOf("bigint", flights.slots()));
                if (departed == null) {
                    statement.setNull(8, Types.BIGINT);
                    statement.setNull(9, Types.BIGINT);
                } else {
                    statement.setLong(8, departed.slot());
                    statement.setLong(9, departed.departedMicros());
                }
                statement.setBoolean(10, fairness.takesTurns());
                statement.setObject(11, aging == null ? null : Micros.of(aging), Types.BIGINT);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return Claim.read(row, asked, replica.lease());
                }
            }
        });
        if (departed != null) {
            departed.reported();
        }
        return claim;
    }

    /** Of what came in while nobody gave slots by turns; what comes in later, each claim fills. Whether that is all of it. */
    private static boolean fillOwners(Connection connection) throws SQLException {
        try (PreparedStatement fill = connection.prepareStatement(FILL_OWNERS);
                ResultSet row = fill.executeQuery()) {
            row.next();
            return !row.getBoolean(1);
        }
    }

    /** Says so to the others, who may wait for what this replica would have done next. */
    @Override
    public void close() {
        try {
            session.call(connection -> {
                try (PreparedStatement tell = connection.prepareStatement(TELL)) {
                    return tell.execute();
                }
            });
        } catch (Unavailable alone) {
            log.debug("Nobody was told that this replica stops", alone);
        }
        session.close();
    }
}
