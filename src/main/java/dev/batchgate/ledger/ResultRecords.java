package dev.batchgate.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The results of a store, put beside what its ledger says of their batches; both are read once, and neither is held. */
final class ResultRecords {

    /** The last dispatch of each batch, as far as its ingestion is there for anybody. */
    private static final String BATCHES = """
            SELECT d.ingestion, d.batch, d.run,
                   CASE WHEN d.retried IS NULL THEN d.batch_status END AS status,
                   i.batch_size, length(i.ids) / i.id_bytes - d.batch * i.batch_size AS ids_left
            FROM dispatch d JOIN ingestion i ON i.sequence = d.ingestion
            WHERE i.expired = 0 AND NOT EXISTS (
                SELECT 1 FROM dispatch l WHERE l.ingestion = d.ingestion AND l.batch = d.batch AND l.slot > d.slot)
            ORDER BY d.ingestion, d.batch""";

    private static final String RESULTS = """
            SELECT r.ingestion, r.position / i.batch_size AS batch, r.status
            FROM result r JOIN ingestion i ON i.sequence = r.ingestion
            WHERE i.expired = 0
            ORDER BY r.ingestion, r.position""";
    private static final String LEFT = """
            SELECT ingestion, count(*) FROM result
            WHERE NOT EXISTS (SELECT 1 FROM ingestion WHERE sequence = result.ingestion) GROUP BY ingestion""";

    private final Connection connection;
    private final Map<Long, Run> runs;

    ResultRecords(Connection connection, Map<Long, Run> runs) {
        this.connection = connection;
        this.runs = runs;
    }

    void tell(ResultCheck check) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet batches = statement.executeQuery(BATCHES);
                Statement counting = connection.createStatement();
                Tallies tallies = new Tallies(counting.executeQuery(RESULTS))) {
            while (batches.next()) {
                long ingestion = batches.getLong("ingestion");
                int batch = batches.getInt("batch");
                for (; tallies.isBefore(ingestion, batch); tallies.advance()) {
                    check.kept(tallies.of(0, null, null));
                }
                Run run = runs.getOrDefault(batches.getLong("run"), Run.unknown(batches.getLong("run")));
                int ids = Math.min(batches.getInt("batch_size"), batches.getInt("ids_left"));
                String status = batches.getString("status");
                if (tallies.isAt(ingestion, batch)) {
                    check.kept(tallies.of(ids, run, status));
                    tallies.advance();
                } else {
                    check.kept(new Kept(ingestion, batch, ids, run, status, 0, 0, 0));
                }
            }
            for (; tallies.isBefore(Long.MAX_VALUE, 0); tallies.advance()) {
                check.kept(tallies.of(0, null, null));
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet left = statement.executeQuery(LEFT)) {
            while (left.next()) {
                check.left(left.getLong(1), left.getInt(2));
            }
        }
    }

    /** Counts the results batch by batch. */
    private static final class Tallies implements AutoCloseable {

        private final ResultSet results;
        private boolean more;
        private boolean any;
        private long ingestion;
        private int batch;
        private int completed;
        private int failed;
        private int cancelled;

        Tallies(ResultSet results) throws SQLException {
            this.results = results;
            this.more = results.next();
            advance();
        }

        /** Counts the results of the next batch that has any. */
        void advance() throws SQLException {
            any = more;
            if (!any) {
                return;
            }
            ingestion = results.getLong("ingestion");
            batch = results.getInt("batch");
            completed = 0;
            failed = 0;
            cancelled = 0;
            for (boolean same = true; same; same = isNextOfSame()) {
                count(results.getString("status"));
                more = results.next();
            }
        }

        private boolean isNextOfSame() throws SQLException {
            return more && results.getLong("ingestion") == ingestion && results.getInt("batch") == batch;
        }

        private void count(String status) {
            switch (status) {
                case Dispatch.COMPLETED -> completed++;
                case Dispatch.CANCELLED -> cancelled++;
                default -> failed++;
            }
        }

        boolean isAt(long otherIngestion, int otherBatch) {
            return any && ingestion == otherIngestion && batch == otherBatch;
        }

        boolean isBefore(long otherIngestion, int otherBatch) {
            return any && (ingestion < otherIngestion || (ingestion == otherIngestion && batch < otherBatch));
        }

        Kept of(int ids, @Nullable Run run, @Nullable String status) {
            return new Kept(ingestion, batch, ids, run, status, completed, failed, cancelled);
        }

        @Override
        public void close() throws SQLException {
            results.close();
        }
    }
}
