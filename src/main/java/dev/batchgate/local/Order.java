package dev.batchgate.local;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * An order about the queue, as a change of the journal that begins a transaction of its own: a dispatch or an end comes
 * either before or after it, in the store and in memory. What it is performed to is whether there was anything to
 * change.
 */
abstract class Order implements Change<Boolean> {

    private final QueueParts parts;
    private Moment at = new Moment(0, 0);
    private boolean changes;
    private @Nullable Moment slotAhead;

    Order(QueueParts parts) {
        this.parts = parts;
    }

    final QueueParts parts() {
        return parts;
    }

    @Override
    public final boolean needsAllBefore() {
        return true;
    }

    @Override
    public final Boolean write(StoreWriter store) throws SQLException {
        at = parts.now();
        slotAhead = parts.upcoming().opening(at);
        changes = writeAt(store, at);
        return changes;
    }

    @Override
    public final void committed() {
        if (changes) {
            apply(at);
        }
    }

    @Override
    public final @Nullable Moment toldFrom() {
        return slotAhead;
    }

    /** Writes it and returns true, unless there is nothing to change. */
    abstract boolean writeAt(StoreWriter store, Moment now) throws SQLException;

    /** It is on stable storage; carries it out in memory. */
    abstract void apply(Moment now);
}
