package dev.batchgate.local;

import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.DispatchOutcome;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Brings ingestions to where the store says that they are: by the orders about them, by their dispatches, and, for the
 * batches that are to be dispatched again, by the results of their ids. Not safe for use by several threads.
 */
final class Replay {

    /** What {@link #order} reads. */
    static final String ORDER_COLUMNS = "kind, priority, ordered_at, after_slot";

    /** What {@link #dispatch} reads. */
    static final String DISPATCH_COLUMNS = """
            batch, started_at,
            CASE WHEN batch_status = 'completed' AND outcome <> 'unknown' AND retried IS NULL THEN batch_end_at END,
            slot, outcome, reason, ended_at, batch_status, batch_end_at, retried, retry_at""";

    /** The first of them by their places: most rows tell no more, and there may be thousands. */
    private static final int BATCH = 1;

    private static final int STARTED_AT = 2;

    /** When it ended if it plainly completed, null otherwise. */
    private static final int COMPLETED_AT = 3;

    private static final String FIND = """
            SELECT sequence, id, priority, created_at, batch_size, id_bytes, ids, owner FROM ingestion
            WHERE id = ? AND finished_at IS NOT NULL AND expired = 0""";
    private static final String ORDERS =
            "SELECT " + ORDER_COLUMNS + " FROM control WHERE ingestion = ? ORDER BY control";
    private static final String DISPATCHES =
            "SELECT " + DISPATCH_COLUMNS + " FROM dispatch WHERE ingestion = ? ORDER BY batch, slot";
    /** Without the data, which may be large and says nothing here. */
    private static final String RESULTS = """
            SELECT position, status, 'JSON' AS form, NULL AS content_type, 'null' AS data, error, http_status
            FROM result WHERE ingestion = ?""";

    private static final String ATTEMPTS = """
            SELECT batch, count(*) FROM dispatch d
            WHERE ingestion = ?1 AND (outcome IS NULL OR outcome NOT IN ('unreachable', 'unsent'))
              AND slot > (SELECT coalesce(max(slot), 0) FROM dispatch r
                          WHERE r.ingestion = ?1 AND r.batch = d.batch AND r.retried IS NOT NULL)
            GROUP BY batch""";

    private static final Moment NEVER = new Moment(0, 0);

    private final Moment start;
    private final Map<Tracked, Long> cancelledAfterSlot = new HashMap<>();
    private final Set<Withdrawn> withdrawn = new HashSet<>();

    /** A batch that was cancelled while it was in flight, and of which nobody will know how that ended. */
    record Withdrawn(Tracked ingestion, int batch) {}

    /** @param start of the run that goes on with it, from when on it can dispatch anything again */
    Replay(Moment start) {
        this.start = start;
    }

    /** An ingestion that has ended, from the store alone. */
    static Optional<Tracked> load(Connection store, UUID id) throws SQLException {
        try (PreparedStatement find = store.prepareStatement(FIND)) {
            find.setBytes(1, StoreWriter.bytes(id));
            try (ResultSet row = find.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Tracked ingestion = ingestion(row);
                Replay replay = new Replay(NEVER);
                each(store, ORDERS, ingestion.sequence(), order -> replay.order(ingestion, order));
                each(store, DISPATCHES, ingestion.sequence(), dispatch -> replay.dispatch(ingestion, dispatch));
                return Optional.of(ingestion);
            }
        }
    }

    /** Made of the columns sequence, id, priority, created_at, batch_size, id_bytes, ids and owner. */
    static Tracked ingestion(ResultSet row) throws SQLException {
        return new Tracked(
                StoreWriter.uuid(row.getBytes("id")),
                Priority.valueOf(row.getString("priority")),
                new PackedIds(row.getInt("id_bytes"), row.getBytes("ids")).unpack(),
                row.getInt("batch_size"),
                row.getLong("created_at"),
                row.getLong("sequence"),
                shared(row.getString("owner")));
    }

    /** There are few owners, and each may have a million ingestions. */
    private static @Nullable String shared(@Nullable String owner) {
        return owner == null ? null : owner.intern();
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }

    private static void each(Connection store, String query, long ingestion, RowReader reader) throws SQLException {
        try (PreparedStatement statement = store.prepareStatement(query)) {
            statement.setLong(1, ingestion);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        }
    }

    /** An order was given about it; all of them come before the dispatches. */
    void order(Tracked ingestion, ResultSet order) throws SQLException {
        switch (order.getString("kind")) {
            case "move" -> ingestion.move(Priority.valueOf(order.getString("priority")));
            case "cancel" -> {
                ingestion.cancelled(order.getLong("ordered_at"));
                cancelledAfterSlot.put(ingestion, order.getLong("after_slot"));
            }
            default -> ingestion.askedAgain(); // Which of its batches, they say themselves.
        }
    }

    /** A batch of it was dispatched; those of one batch come in the order of their slots. */
    void dispatch(Tracked ingestion, ResultSet row) throws SQLException {
        int batch = row.getInt(BATCH);
        long startedAt = row.getLong(STARTED_AT);
        long completedAt = row.getLong(COMPLETED_AT);
        if (completedAt != 0) {
            ingestion.completed(batch, startedAt, completedAt);
            return;
        }
        ingestion.dispatched(batch, startedAt);
        String outcome = row.getString("outcome");
        String status = row.getString("batch_status");
        boolean lost = outcome == null || outcome.equals(DispatchOutcome.UNKNOWN);
        if (lost) {
            ingestion.outcomeLost(unseen(batch, start));
        }
        if (status != null) {
            BatchStatus end = BatchStatus.valueOf(status.toUpperCase(Locale.ROOT));
            ingestion.ended(
                    batch,
                    end,
                    end == BatchStatus.COMPLETED ? null : row.getString("reason"),
                    row.getLong("batch_end_at"));
            if (row.getObject("retried") != null) {
                ingestion.retried(unseen(batch, start));
            }
        } else if (outcome == null && row.getLong("slot") <= cancelledAfterSlot.getOrDefault(ingestion, -1L)) {
            withdrawn.add(new Withdrawn(ingestion, batch));
        } else if (!lost) {
            ingestion.incomplete(unseen(batch, due(row)), String.valueOf(row.getString("reason")));
        }
    }

    /** When the wait is over that was drawn in an earlier run: by the wall clock, but never longer than it was. */
    private Moment due(ResultSet row) throws SQLException {
        long drawn = row.getLong("retry_at") - row.getLong("ended_at");
        long left = Math.min(drawn, row.getLong("retry_at") - start.micros());
        return start.plus(Duration.ofNanos(1_000 * Math.max(0, left)));
    }

    private static Retry unseen(int batch, Moment due) {
        return new Retry(batch, List.of(), 0, Verdict.Before.NOTHING, due);
    }

    /** Batches that are not to be dispatched again though nobody knows how their dispatch ended. */
    Set<Withdrawn> withdrawn() {
        return withdrawn;
    }

    /** Looks up what is missing of each batch that is to be dispatched again. */
    static void complete(Connection store, Tracked ingestion) throws SQLException {
        List<Retry> retries = ingestion.retries();
        if (retries.isEmpty()) {
            return;
        }
        Map<Integer, Integer> attempts = new HashMap<>();
        each(store, ATTEMPTS, ingestion.sequence(), row -> attempts.put(row.getInt(1), row.getInt(2)));
        Map<Integer, Map<Integer, IdOutcome>> results = results(store, ingestion);
        for (Retry retry : retries) {
            int batch = retry.batch();
            int counted = attempts.getOrDefault(batch, 0);
            ingestion.replace(retry(ingestion, batch, counted, retry.due(), results.getOrDefault(batch, Map.of())));
        }
    }

    /** What is to be fetched of batches that have failed: at once, with all attempts anew. */
    static List<Retry> failedIds(Connection store, Tracked ingestion, List<Integer> batches, Moment now)
            throws SQLException {
        Map<Integer, Map<Integer, IdOutcome>> results = results(store, ingestion);
        List<Retry> retries = new ArrayList<>();
        for (int batch : batches) {
            Map<Integer, IdOutcome> known = results.getOrDefault(batch, new HashMap<>());
            known.values().removeIf(IdOutcome.Failed.class::isInstance);
            retries.add(retry(ingestion, batch, 0, now, known));
        }
        return retries;
    }

    /** What the ids of each batch have come to, by their places in it. */
    private static Map<Integer, Map<Integer, IdOutcome>> results(Connection store, Tracked ingestion)
            throws SQLException {
        Map<Integer, Map<Integer, IdOutcome>> results = new HashMap<>();
        int size = ingestion.batchSize();
        each(store, RESULTS, ingestion.sequence(), row -> {
            int position = row.getInt("position");
            results.computeIfAbsent(position / size, first -> new HashMap<>())
                    .put(position % size, ResultRow.read(row));
        });
        return results;
    }

    /** The dispatch that all ids are missing of that are not known. */
    private static Retry retry(Tracked ingestion, int batch, int counted, Moment due, Map<Integer, IdOutcome> known) {
        List<Long> ids = ingestion.batch(batch).ids();
        List<Integer> places = new ArrayList<>();
        List<Long> otherIds = new ArrayList<>();
        List<IdOutcome> outcomes = new ArrayList<>();
        for (int place = 0; place < ids.size(); place++) {
            IdOutcome outcome = known.get(place);
            if (outcome == null) {
                places.add(place);
            } else {
                otherIds.add(ids.get(place));
                outcomes.add(outcome);
            }
        }
        Verdict.Before before = Verdict.Before.NOTHING.and(otherIds, outcomes);
        return new Retry(batch, places, counted, before, due);
    }
}
