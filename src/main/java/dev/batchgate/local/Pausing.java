package dev.batchgate.local;

import java.sql.SQLException;

/** Closes the gate until it is opened, or opens it. */
final class Pausing extends Order {

    private final boolean pauses;

    Pausing(QueueParts parts, boolean pauses) {
        super(parts);
        this.pauses = pauses;
    }

    @Override
    boolean writeAt(StoreWriter store, Moment now) throws SQLException {
        if (parts().gate().isPaused() == pauses) {
            return false;
        }
        store.order(pauses ? "pause" : "resume", null, null, null, now);
        return true;
    }

    @Override
    void apply(Moment now) {
        if (pauses) {
            parts().gate().pause();
        } else {
            parts().gate().resume();
        }
        parts().changes().queueChanged();
    }
}
