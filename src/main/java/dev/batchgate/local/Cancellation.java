package dev.batchgate.local;

import java.sql.SQLException;

/** Ends what waits, and keeps what is in flight from being dispatched again. */
final class Cancellation extends Order {

    private final Tracked ingestion;

    Cancellation(QueueParts parts, Tracked ingestion) {
        super(parts);
        this.ingestion = ingestion;
    }

    @Override
    boolean writeAt(StoreWriter store, Moment now) throws SQLException {
        if (!ingestion.canBeCancelled()) {
            return false;
        }
        store.order("cancel", ingestion.sequence(), null, null, now);
        for (Retry retry : ingestion.retries()) {
            Cancelled.write(store, ingestion, retry, now);
        }
        if (ingestion.endsWhenCancelled()) {
            store.finish(ingestion.sequence(), now);
        }
        return true;
    }

    @Override
    void apply(Moment now) {
        parts().line().change(ingestion, () -> {
            ingestion.retries().forEach(retry -> Cancelled.apply(ingestion, retry, now));
            ingestion.cancelled(now.micros());
        });
        parts().changed(ingestion);
    }
}
