package dev.batchgate.local;

import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
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

/**
 * Brings ingestions to where the store says that they are: by the orders about them, by their dispatches, and, for the
 * batches that are to be dispatched again, by the results of their ids. Not safe for use by several threads.
 */
final class Replay {

    /** What {@link #order} reads. */
    static final String ORDER_COLUMNS = "kind, priority, ordered_at, after_slot";

    /** What {@link #dispatch} reads. */
    static final String DISPATCH_COLUMNS =
            "slot, batch, outcome, reason, started_at, ended_at, batch_status, retried, retry_at";

    private static final String FIND = """
            SELECT sequence, id, priority, created_at, batch_size, id_bytes, ids FROM ingestion
            WHERE id = ? AND finished_at IS NOT NULL AND expired = 0""";
    private static final String ORDERS =
            "SELECT " + ORDER_COLUMNS + " FROM control WHERE ingestion = ? ORDER BY control";
    private static final String DISPATCHES =
            "SELECT " + DISPATCH_COLUMNS + " FROM dispatch WHERE ingestion = ? ORDER BY batch, slot";
    /** Without the data, which may be large and says nothing here. */
    private static final String RESULTS = """
            SELECT position, status, 'JSON' AS form, NULL AS content_type, 'null' AS data, error, http_status
            FROM result WHERE ingestion = ? AND position >= ? AND position < ?""";

    private static final String ATTEMPTS = """
            SELECT count(*) FROM dispatch
            WHERE ingestion = ?1 AND batch = ?2 AND (outcome IS NULL OR outcome <> 'unreachable')
              AND slot > (SELECT coalesce(max(slot), 0) FROM dispatch
                          WHERE ingestion = ?1 AND batch = ?2 AND retried IS NOT NULL)""";

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

    /** Made of the columns sequence, id, priority, created_at, batch_size, id_bytes and ids. */
    static Tracked ingestion(ResultSet row) throws SQLException {
        return new Tracked(
                StoreWriter.uuid(row.getBytes("id")),
                Priority.valueOf(row.getString("priority")),
                new PackedIds(row.getInt("id_bytes"), row.getBytes("ids")).unpack(),
                row.getInt("batch_size"),
                row.getLong("created_at"),
                row.getLong("sequence"));
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
            default -> {
                // What was tried again says so itself.
            }
        }
    }

    /** A batch of it was dispatched; those of one batch come in the order of their slots. */
    void dispatch(Tracked ingestion, ResultSet row) throws SQLException {
        int batch = row.getInt("batch");
        String outcome = row.getString("outcome");
        String status = row.getString("batch_status");
        ingestion.dispatched(batch, row.getLong("started_at"));
        boolean lost = outcome == null || outcome.equals(DispatchOutcome.UNKNOWN);
        if (lost) {
            ingestion.outcomeLost(unseen(batch, start));
        }
        if (status != null) {
            BatchStatus end = BatchStatus.valueOf(status.toUpperCase(Locale.ROOT));
            ingestion.ended(
                    batch, end, end == BatchStatus.COMPLETED ? null : row.getString("reason"), endedAt(ingestion, row));
            if (row.getObject("retried") != null) {
                ingestion.retried(unseen(batch, start));
            }
        } else if (outcome == null && row.getLong("slot") <= cancelledAfterSlot.getOrDefault(ingestion, -1L)) {
            withdrawn.add(new Withdrawn(ingestion, batch));
        } else if (!lost) {
            ingestion.incomplete(unseen(batch, due(row)), String.valueOf(row.getString("reason")));
        }
    }

    /** Of a batch that a cancellation ended, when that was. */
    private static long endedAt(Tracked ingestion, ResultSet row) throws SQLException {
        boolean byItself = DispatchOutcome.COMPLETED.equals(row.getString("outcome"))
                || DispatchOutcome.FAILED.equals(row.getString("outcome"));
        long cancelledAt = byItself || ingestion.cancelledAt() == null ? 0 : Moment.micros(ingestion.cancelledAt());
        return Math.max(row.getLong("ended_at"), cancelledAt);
    }

    /** When the wait is over that was drawn in an earlier run: by the wall clock, but never longer than it was. */
    private Moment due(ResultSet row) throws SQLException {
        long drawn = row.getLong("retry_at") - row.getLong("ended_at");
        long left = Math.min(drawn, row.getLong("retry_at") - start.micros());
        return start.plus(Duration.ofNanos(1_000 * Math.max(0, left)));
    }

    private static Retry unseen(int batch, Moment due) {
        return new Retry(batch, List.of(), 0, Verdict.Before.NOTHING, due.ticks(), due.micros());
    }

    /** Batches that are not to be dispatched again though nobody knows how their dispatch ended. */
    Set<Withdrawn> withdrawn() {
        return withdrawn;
    }

    /** Looks up what is missing of each batch that is to be dispatched again. */
    static void complete(Connection store, Tracked ingestion) throws SQLException {
        for (Retry retry : ingestion.retries()) {
            Missing missing = missing(store, ingestion, retry.batch(), false);
            ingestion.replace(new Retry(
                    retry.batch(),
                    missing.places,
                    attempts(store, ingestion, retry.batch()),
                    missing.before,
                    retry.dueTicks(),
                    retry.dueMicros()));
        }
    }

    /** What is to be fetched of a batch that has failed: at once, with all attempts anew. */
    static Retry failedIds(Connection store, Tracked ingestion, int batch, Moment now) throws SQLException {
        Missing missing = missing(store, ingestion, batch, true);
        return new Retry(batch, missing.places, 0, missing.before, now.ticks(), now.micros());
    }

    private record Missing(List<Integer> places, Verdict.Before before) {}

    /** @param failedToo whether the ids that failed are to be fetched after all */
    private static Missing missing(Connection store, Tracked ingestion, int batch, boolean failedToo)
            throws SQLException {
        List<Long> ids = ingestion.batch(batch).ids();
        int first = batch * ingestion.batchSize();
        Map<Integer, IdOutcome> known = new HashMap<>();
        try (PreparedStatement statement = store.prepareStatement(RESULTS)) {
            statement.setLong(1, ingestion.sequence());
            statement.setInt(2, first);
            statement.setInt(3, first + ids.size());
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    IdOutcome outcome = ResultRow.read(row);
                    if (!(failedToo && outcome instanceof IdOutcome.Failed)) {
                        known.put(row.getInt("position") - first, outcome);
                    }
                }
            }
        }
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
        return new Missing(places, Verdict.Before.NOTHING.and(otherIds, outcomes));
    }

    private static int attempts(Connection store, Tracked ingestion, int batch) throws SQLException {
        try (PreparedStatement statement = store.prepareStatement(ATTEMPTS)) {
            statement.setLong(1, ingestion.sequence());
            statement.setInt(2, batch);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
