package dev.batchgate.local;

import dev.batchgate.ingestion.Priority;
import java.sql.SQLException;

/** Gives what is still to be dispatched another priority. */
final class Move extends Order {

    private final Tracked ingestion;
    private final Priority to;

    Move(QueueParts parts, Tracked ingestion, Priority to) {
        super(parts);
        this.ingestion = ingestion;
        this.to = to;
    }

    @Override
    boolean writeAt(StoreWriter store, Moment now) throws SQLException {
        if (ingestion.hasEnded(0) || ingestion.priority() == to) {
            return false;
        }
        store.order("move", ingestion.sequence(), to, ingestion.priority(), now);
        return true;
    }

    @Override
    void apply(Moment now) {
        parts().line().change(ingestion, () -> ingestion.move(to));
        parts().changed(ingestion);
    }
}
