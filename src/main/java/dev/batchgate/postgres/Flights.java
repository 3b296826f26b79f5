package dev.batchgate.postgres;

import dev.batchgate.ingestion.Batch;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this replica has in flight. By the very object that was handed out: a batch whose lease ran out may be claimed
 * again, by this replica too, while its first dispatch has not come back.
 *
 * <p>Any thread may enter; the monitor guards the map.
 */
final class Flights {

    private final IdentityHashMap<Batch, Flight> flights = new IdentityHashMap<>();

    synchronized void add(Flight flight) {
        flights.put(flight.batch(), flight);
    }

    synchronized void remove(Flight flight) {
        flights.remove(flight.batch());
    }

    synchronized @Nullable Flight of(Batch batch) {
        return flights.get(batch);
    }

    synchronized Collection<Flight> all() {
        return List.copyOf(flights.values());
    }

    synchronized Long[] slots() {
        return flights.values().stream().map(Flight::slot).toArray(Long[]::new);
    }

    /** One that has yet to leave. */
    synchronized Optional<Flight> departing() {
        return flights.values().stream().filter(flight -> !flight.hasDeparted()).findAny();
    }

    /** One that has left, of which the database has yet to be told. */
    synchronized Optional<Flight> toBeReported() {
        return flights.values().stream().filter(Flight::isToBeReported).findAny();
    }
}
