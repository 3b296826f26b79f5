package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The records of a store, all of one moment, whether or not a service is writing to it. Nothing is written and nobody
 * waits.
 */
final class StoreRecords implements AutoCloseable {

    static final String RUNS = """
            SELECT run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results, fair_share, aging_micros
            FROM run ORDER BY run""";

    private static final String FIRST_DISPATCH = "SELECT slot, accepted FROM dispatch ORDER BY slot LIMIT 1";

    private final Connection connection;

    StoreRecords(Store store) throws SQLException {
        this.connection = store.open();
    }

    /** By number. */
    NavigableMap<Long, Run> runs() throws SQLException {
        NavigableMap<Long, Run> runs = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(RUNS)) {
            while (row.next()) {
                Run run = run(row);
                Run before = runs.isEmpty() ? run : runs.lastEntry().getValue();
                // Replicas are not one after the other; what they do belongs together.
                boolean beside = before.era().isShared() && run.era().isShared();
                runs.put(run.number(), beside ? run.in(before.era()) : run);
            }
        }
        return runs;
    }

    private static Run run(ResultSet row) throws SQLException {
        long number = row.getLong("run");
        long aging = row.getLong("aging_micros");
        Duration lifted = row.wasNull() ? null : Duration.of(aging, ChronoUnit.MICROS);
        return new Run(
                number,
                new Era(number, row.getLong("started_at"), row.getLong("started_ticks"), row.getString("boot")),
                row.getLong("interval_nanos"),
                row.getInt("max_in_flight"),
                new Fairness(row.getInt("fair_share") > 0, lifted),
                !row.getBoolean("keeps_results"));
    }

    Cut cut() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet first = statement.executeQuery(FIRST_DISPATCH)) {
            return first.next() ? new Cut(first.getLong("slot"), first.getLong("accepted")) : new Cut(0, 0);
        }
    }

    /** Tells every check of everything, in the order in which it happened. */
    void replay(Map<Long, Run> runs, List<? extends Check> checks) throws SQLException {
        new Replay(connection, runs, checks).run();
    }

    /** Tells of the results of all batches. */
    void tellResults(Map<Long, Run> runs, ResultCheck check) throws SQLException {
        new ResultRecords(connection, runs).tell(check);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
