package dev.batchgate.local;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A batch is chosen and written, and only then dispatched: whatever the upstream sees is on record. It is chosen
 * where all orders are carried out, one after the other, so that none of them comes between.
 */
final class Dispatching implements Change<Optional<Flight>> {

    private final QueueParts parts;
    private final long run;
    private @Nullable Flight flight;

    Dispatching(QueueParts parts, long run) {
        this.parts = parts;
        this.run = run;
    }

    @Override
    public boolean needsAllBefore() {
        return true;
    }

    @Override
    public boolean isUrgent() {
        return true;
    }

    @Override
    public Optional<Flight> write(StoreWriter store) throws SQLException {
        Moment now = parts.now();
        OptionalLong opening = parts.gate().slot(now.ticks());
        if (opening.isEmpty()) {
            return Optional.empty();
        }
        Moment opened = now.plus(Duration.ofNanos(opening.getAsLong() - now.ticks()));
        Choice choice = parts.line().choose(opened).orElse(null);
        if (choice == null) {
            return Optional.empty();
        }
        long usableSince = parts.usableSince(opened.ticks()).orElse(opened.ticks());
        long slot = store.dispatch(run, choice, opened, parts.properties().fairness());
        flight = new Flight(choice, slot, opened, usableSince);
        parts.upcoming().given(choice.ingestion().priority(), opened);
        return Optional.of(flight);
    }

    @Override
    public void committed() {
        if (flight != null) {
            Choice choice = flight.choice();
            parts.flights().put(choice.batch().id(), flight);
            parts.gate().enter(choice.batch());
            parts.line().takeAway(choice, flight.slot(), flight.opened().micros());
            parts.changed(choice.ingestion());
        }
    }

    @Override
    public void rolledBack() {
        flight = null;
        parts.upcoming().nobody();
        parts.line().putBack();
    }
}
