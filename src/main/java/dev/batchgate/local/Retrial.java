package dev.batchgate.local;

import dev.batchgate.ingestion.NothingFailed;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Has failed ids asked for again; reopens their ingestion, which may be in the store alone. */
final class Retrial extends Order {

    /** The batches that have failed are those whose last dispatch says so, and that nobody asked for again since. */
    private static final String FAILED = " ingestion = ?1 AND batch_status = 'failed' AND retried IS NULL";

    private static final String FORGET = """
            DELETE FROM result
            WHERE ingestion = ?1 AND status = 'failed'
              AND position / ?2 IN (SELECT batch FROM dispatch WHERE""" + FAILED + ")";
    private static final String MARK = "UPDATE dispatch SET retried = ?2 WHERE" + FAILED;
    private static final String REOPEN = "UPDATE ingestion SET finished_at = NULL WHERE sequence = ?";

    private final UUID ingestionId;
    private final List<Retry> retries = new ArrayList<>();
    private int reserved;
    private boolean isNew;
    private @Nullable Tracked ingestion;

    Retrial(QueueParts parts, UUID ingestionId) {
        super(parts);
        this.ingestionId = ingestionId;
    }

    @Override
    boolean writeAt(StoreWriter store, Moment now) throws SQLException {
        Tracked open = parts().statuses().get(ingestionId);
        Tracked known = open != null
                ? open
                : Replay.load(store.connection(), ingestionId).orElse(null);
        if (known == null) {
            return false;
        }
        List<Integer> failed = known.failed();
        if (failed.isEmpty()) {
            throw new NothingFailed(ingestionId);
        }
        parts().reserve(failed.size(), null);
        reserved = failed.size();
        long control = store.order("retry", known.sequence(), null, null, now);
        retries.addAll(Replay.failedIds(store.connection(), known, failed, now));
        store.update(FORGET, known.sequence(), known.batchSize());
        store.update(MARK, known.sequence(), control);
        store.update(REOPEN, known.sequence());
        ingestion = known;
        // Before the store shows that it is open again, so that nobody finds it in neither.
        isNew = parts().statuses().putIfAbsent(ingestionId, known) == null;
        return true;
    }

    @Override
    void apply(Moment now) {
        Tracked reopened = Objects.requireNonNull(ingestion);
        parts().line().reenter(reopened, retries);
        // Afterwards, so that whoever looks in between does not take what was before for what has been ordered.
        reopened.askedAgain();
        parts().changed(reopened);
    }

    @Override
    public void rolledBack() {
        parts().line().release(reserved, null);
        reserved = 0;
        retries.clear();
        if (isNew) {
            parts().statuses().remove(ingestionId);
            isNew = false;
        }
    }
}
