package dev.batchgate.postgres;

import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Unavailable;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database again and again that this replica is alive, while it has anything in flight. One thread of its own; a
 * platform thread, since a lease that is renewed late is lost.
 */
final class Leases implements AutoCloseable {

    private static final String RENEW = "SELECT renew(?, ?, ?, ?)";
    private static final int RENEWALS_A_LEASE = 4;

    private static final Logger log = LoggerFactory.getLogger(Leases.class);

    private final Duration period;
    private final Database.Session session;
    private final Replica replica;
    private final Flights flights;
    private final Thread thread = new Thread(this::run, "leases");
    private volatile boolean closed;

    Leases(Database database, Replica replica, Flights flights) {
        this.period = replica.lease().dividedBy(RENEWALS_A_LEASE);
        // One renewal that hangs leaves time for the next.
        this.session = database.session(period);
        this.replica = replica;
        this.flights = flights;
    }

    Leases start() {
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                TimeUnit.NANOSECONDS.sleep(period.toNanos());
                renew();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            session.close();
        }
    }

    void renew() {
        try {
            Collection<Flight> all = flights.all();
            if (!all.isEmpty()) {
                renew(all);
            }
        } catch (Unavailable later) {
            log.debug("Leases cannot be renewed at the moment", later);
        } catch (RuntimeException | Error failure) {
            log.warn("Renewing leases failed; it is tried again", failure);
        }
    }

    private void renew(Collection<Flight> all) {
        Duration lease = replica.lease();
        long asked = replica.nanos();
        Set<Long> kept = session.call(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setLong(1, replica.run());
                statement.setArray(2, connection.createArrayOf("bigint", slots(all.stream())));
                Stream<Flight> departing = all.stream().filter(flight -> !flight.hasDeparted());
                statement.setArray(3, connection.createArrayOf("bigint", slots(departing)));
                statement.setLong(4, Micros.of(lease));
                Set<Long> slots = new HashSet<>();
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        slots.add(row.getLong(1));
                    }
                }
                return slots;
            }
        });
        for (Flight flight : all) {
            if (kept.contains(flight.slot())) {
                flight.renewed(asked, lease);
            } else {
                flight.lost(asked);
            }
        }
    }

    private static Object[] slots(Stream<Flight> flights) {
        return flights.map(Flight::slot).toArray();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
