package dev.batchgate.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What happened, in the order in which it did: what was accepted, what was ordered, what was dispatched. */
final class Replay {

    private static final String DISPATCHES = """
            SELECT slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, attempt, outcome, departed_ticks,
                   ended_at, ended_ticks, batch_status, retry_at, retry_ticks, retried, hold_until, hold_ticks,
                   owner, created_at, turn
            FROM dispatch ORDER BY slot""";

    private static final String CONTROLS = """
            SELECT control, after_slot, accepted, kind, ingestion, priority, before FROM control ORDER BY control""";

    /**
     * What is in the store, and what the ledger and the orders alone still tell of ingestions that have been deleted since;
     * these with the priority that they had when that begins, and without age and key unless runs told of
     * them to which they mattered.
     */
    private static final String INGESTIONS = """
            SELECT sequence, priority, created_at, owner, 0 AS first_batch,
                   (length(ids) / id_bytes + batch_size - 1) / batch_size AS batches,
                   CASE WHEN finished_at IS NULL THEN 0 ELSE 1 END AS finished, 0 AS deleted
            FROM ingestion
            UNION ALL
            SELECT ingestion,
                   coalesce((SELECT before FROM control c WHERE c.ingestion = d.ingestion AND kind = 'move'
                             ORDER BY control LIMIT 1), min(priority)), max(created_at), max(owner),
                   coalesce(min(CASE WHEN attempt = 1 THEN batch END), max(batches)), max(batches), 1, 1
            FROM dispatch d WHERE NOT EXISTS (SELECT 1 FROM ingestion WHERE sequence = d.ingestion) GROUP BY ingestion
            UNION ALL
            SELECT ingestion,
                   coalesce((SELECT before FROM control c WHERE c.ingestion = o.ingestion AND kind = 'move'
                             ORDER BY control LIMIT 1), ''), NULL, NULL, 0, 0, 1, 1
            FROM control o
            WHERE ingestion IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ingestion WHERE sequence = o.ingestion)
              AND NOT EXISTS (SELECT 1 FROM dispatch d WHERE d.ingestion = o.ingestion)
            GROUP BY ingestion
            ORDER BY sequence""";

    private final Connection connection;
    private final Map<Long, Run> runs;
    private final List<? extends Check> checks;

    /** The same few words stand in all rows. */
    private final Map<String, String> words = new HashMap<>();

    Replay(Connection connection, Map<Long, Run> runs, List<? extends Check> checks) {
        this.connection = connection;
        this.runs = runs;
        this.checks = checks;
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Rows of which the next one can be looked at before it is taken. */
    private static final class Rows<T> implements AutoCloseable {

        private final Statement statement;
        private final ResultSet rows;
        private final RowReader<T> reader;
        private @Nullable T next;

        Rows(Connection connection, String query, RowReader<T> reader) throws SQLException {
            this.statement = connection.createStatement();
            this.rows = statement.executeQuery(query);
            this.reader = reader;
            advance();
        }

        @Nullable
        T next() {
            return next;
        }

        void advance() throws SQLException {
            next = rows.next() ? reader.read(rows) : null;
        }

        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }

    /** Tells every check of every record. */
    void run() throws SQLException {
        try (Rows<Accepted> ingestions = new Rows<>(connection, INGESTIONS, this::accepted);
                Rows<Control> controls = new Rows<>(connection, CONTROLS, this::control);
                Rows<Dispatch> dispatches = new Rows<>(connection, DISPATCHES, this::dispatch)) {
            for (Dispatch next = dispatches.next(); next != null; next = dispatches.next()) {
                Dispatch dispatch = next;
                tellOrders(controls, ingestions, dispatch.slot());
                tellAccepted(ingestions, dispatch.newest());
                checks.forEach(check -> check.dispatched(dispatch));
                dispatches.advance();
            }
            tellOrders(controls, ingestions, Long.MAX_VALUE);
            tellAccepted(ingestions, Long.MAX_VALUE);
        }
        checks.forEach(Check::end);
    }

    private void tellOrders(Rows<Control> controls, Rows<Accepted> ingestions, long before) throws SQLException {
        for (Control next = controls.next(); next != null && next.afterSlot() < before; next = controls.next()) {
            Control control = next;
            tellAccepted(ingestions, control.newest());
            checks.forEach(check -> check.ordered(control));
            controls.advance();
        }
    }

    private void tellAccepted(Rows<Accepted> ingestions, long upTo) throws SQLException {
        for (Accepted next = ingestions.next(); next != null && next.sequence() <= upTo; next = ingestions.next()) {
            Accepted ingestion = next;
            checks.forEach(check -> check.accepted(ingestion));
            ingestions.advance();
        }
    }

    private Accepted accepted(ResultSet row) throws SQLException {
        return new Accepted(
                row.getLong("sequence"),
                word(row.getString("priority")),
                number(row, "created_at"),
                wordOrNull(row, "owner"),
                row.getInt("first_batch"),
                row.getInt("batches"),
                row.getBoolean("finished"),
                row.getBoolean("deleted"));
    }

    private Control control(ResultSet row) throws SQLException {
        return new Control(
                row.getLong("control"),
                row.getLong("after_slot"),
                row.getLong("accepted"),
                word(row.getString("kind")),
                number(row, "ingestion"),
                row.getString("priority"),
                row.getString("before"));
    }

    private Dispatch dispatch(ResultSet row) throws SQLException {
        long run = row.getLong("run");
        long endedAt = row.getLong("ended_at");
        Long turn = number(row, "turn");
        return new Dispatch(
                row.getLong("slot"),
                runs.getOrDefault(run, Run.unknown(run)),
                row.getLong("started_at"),
                row.getLong("started_ticks"),
                row.getLong("accepted"),
                row.getLong("ingestion"),
                word(row.getString("priority")),
                row.getInt("batch"),
                row.getInt("attempt"),
                wordOrNull(row, "outcome"),
                number(row, "departed_ticks"),
                number(row, "ended_at"),
                number(row, "ended_ticks"),
                wordOrNull(row, "batch_status"),
                waitOf(row, "retry_ticks", "retry_at", endedAt),
                number(row, "retried"),
                waitOf(row, "hold_ticks", "hold_until", endedAt),
                wordOrNull(row, "owner"),
                number(row, "created_at"),
                turn == null ? null : Math.toIntExact(turn));
    }

    private static @Nullable Wait waitOf(ResultSet row, String ticks, String until, long since) throws SQLException {
        Long over = number(row, ticks);
        return over == null ? null : new Wait(over, row.getLong(until), since);
    }

    private static @Nullable Long number(ResultSet row, String column) throws SQLException {
        long number = row.getLong(column);
        return row.wasNull() ? null : number;
    }

    private @Nullable String wordOrNull(ResultSet row, String column) throws SQLException {
        String word = row.getString(column);
        return word == null ? null : word(word);
    }

    private String word(String word) {
        return words.computeIfAbsent(word, same -> same);
    }
}
