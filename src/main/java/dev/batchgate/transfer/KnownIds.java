package dev.batchgate.transfer;

import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Verdict;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the ids of one batch have come to.
 *
 * @param first place of the batch's first id among those of its ingestion
 * @param missing places in the batch, counted from 0, of those that have come to nothing yet
 * @param before what the others have come to
 */
record KnownIds(int first, List<Integer> missing, Verdict.Before before) {

    private static final String IDS = """
            SELECT batch_size, id_bytes, substr(ids, ?2 * batch_size * id_bytes + 1, batch_size * id_bytes) AS ids
            FROM ingestion WHERE sequence = ?1""";

    /** Without the data, which may be large and says nothing here. */
    private static final String RESULTS = """
            SELECT position, status, error, http_status FROM result
            WHERE ingestion = ? AND position >= ? AND position < ? ORDER BY position""";

    /** The same once what is missing has been cancelled. */
    KnownIds cancelled() {
        boolean any = before.cancelled() || !missing.isEmpty();
        return new KnownIds(first, List.of(), new Verdict.Before(before.failed(), any));
    }

    /** Looks them up in an embedded store. Not safe for use by several threads. */
    static final class Lookup implements AutoCloseable {

        private final PreparedStatement ids;
        private final PreparedStatement results;

        Lookup(Connection source) throws SQLException {
            this.ids = source.prepareStatement(IDS);
            this.results = source.prepareStatement(RESULTS);
        }

        KnownIds of(long ingestion, int batch) throws SQLException {
            ids.setLong(1, ingestion);
            ids.setInt(2, batch);
            try (ResultSet row = ids.executeQuery()) {
                row.next();
                int first = batch * row.getInt("batch_size");
                Ids cut = new PackedIds(row.getInt("id_bytes"), row.getBytes("ids")).unpack();
                return of(ingestion, first, cut);
            }
        }

        private KnownIds of(long ingestion, int first, Ids cut) throws SQLException {
            Set<Integer> known = new HashSet<>();
            List<Long> others = new ArrayList<>();
            List<IdOutcome> outcomes = new ArrayList<>();
            results.setLong(1, ingestion);
            results.setInt(2, first);
            results.setInt(3, first + cut.size());
            try (ResultSet row = results.executeQuery()) {
                while (row.next()) {
                    int place = row.getInt("position") - first;
                    known.add(place);
                    switch (row.getString("status")) {
                        case "failed" -> outcomes.add(new IdOutcome.Failed(Rows.text(row.getString("error")), null));
                        case "cancelled" -> outcomes.add(new IdOutcome.Cancelled());
                        default -> {
                            continue;
                        }
                    }
                    others.add(cut.get(place));
                }
            }
            List<Integer> missing = IntStream.range(0, cut.size())
                    .boxed()
                    .filter(place -> !known.contains(place))
                    .toList();
            return new KnownIds(first, missing, Verdict.Before.NOTHING.and(others, outcomes));
        }

        @Override
        public void close() throws SQLException {
            ids.close();
            results.close();
        }
    }
}
