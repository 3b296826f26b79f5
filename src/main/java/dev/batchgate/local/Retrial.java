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

    private static final String MARK = """
            UPDATE dispatch SET retried = ?
            WHERE slot = (SELECT max(slot) FROM dispatch WHERE ingestion = ? AND batch = ?)""";
    private static final String FORGET = """
            DELETE FROM result WHERE ingestion = ? AND position = ?""";
    private static final String REOPEN = "UPDATE ingestion SET finished_at = NULL WHERE sequence = ?";

    private final UUID ingestionId;
    private final List<Retry> retries = new ArrayList<>();
    private int reserved;
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
        parts().reserve(failed.size());
        reserved = failed.size();
        long control = store.order("retry", known.sequence(), null, null, now);
        for (int batch : failed) {
            Retry retry = Replay.failedIds(store.connection(), known, batch, now);
            for (int place : retry.places()) {
                store.update(FORGET, known.sequence(), batch * known.batchSize() + place);
            }
            store.update(MARK, control, known.sequence(), batch);
            retries.add(retry);
        }
        store.update(REOPEN, known.sequence());
        ingestion = known;
        return true;
    }

    @Override
    void apply(Moment now) {
        Tracked reopened = Objects.requireNonNull(ingestion);
        parts().statuses().put(ingestionId, reopened);
        parts().line().reenter(reopened, retries);
    }

    @Override
    public void rolledBack() {
        parts().line().release(reserved);
        reserved = 0;
        retries.clear();
    }
}
