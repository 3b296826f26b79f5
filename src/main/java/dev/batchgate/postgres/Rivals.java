package dev.batchgate.postgres;

import dev.batchgate.ingestion.Contest;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Lineup;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * All that waits, with whose it is, as it was read at one moment: some 40 bytes an ingestion. Is never changed; any thread may enter.
 */
final class Rivals {

    private static final int ROWS_AT_ONCE = 10_000;

    /** What is selected from {@code gate g, acceptance a}: what changes whenever anything that waits does. */
    static final String VERSION = """
            g.xmin::text::bigint AS gate_version, g.slot AS gate_slot, g.left_at, a.sequence AS newest""";

    private static final String FIND_VERSION = "SELECT " + VERSION + " FROM gate g, acceptance a";

    /** From one row of the line to the next, whatever the planner thinks of the tables. */
    private static final String LINE = """
            SELECT l.ingestion, l.batches - l.next AS eligible, i.created_at, i.owner FROM line l
            CROSS JOIN LATERAL (
                SELECT i.created_at, i.owner FROM ingestion i WHERE i.sequence = l.ingestion OFFSET 0) i
            WHERE l.rank = ? ORDER BY l.rank, l.ingestion""";

    private static final String WAITS = """
            SELECT w.rank, w.ingestion, CASE WHEN w.due THEN 0 ELSE w.next_attempt_at END AS at, i.created_at, i.owner
            FROM (SELECT * FROM batch WHERE due
                  UNION ALL SELECT * FROM batch WHERE next_attempt_at IS NOT NULL AND NOT due) w
            CROSS JOIN LATERAL (
                SELECT i.created_at, i.owner FROM ingestion i WHERE i.sequence = w.ingestion OFFSET 0) i""";

    /** From one key to the next in the index, since the ledger may be long. */
    private static final String TURNS = """
            WITH RECURSIVE last AS (
                (SELECT d.turn, d.owner, d.slot FROM dispatch d WHERE d.turn = ?
                 ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1)
                UNION ALL
                SELECT n.turn, n.owner, n.slot FROM last b CROSS JOIN LATERAL (
                    (SELECT d.turn, d.owner, d.slot FROM dispatch d
                     WHERE d.turn = b.turn AND d.owner < b.owner
                     ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1)
                    UNION ALL
                    (SELECT d.turn, d.owner, d.slot FROM dispatch d
                     WHERE d.turn = b.turn AND b.owner IS NULL AND d.owner IS NOT NULL
                     ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1)) n)
            SELECT owner, slot FROM last""";

    static final UUID ANYBODY = new UUID(0, 0);

    private final Version version;
    private final List<LinedUp> ranks = new ArrayList<>();
    private final List<Again> again = new ArrayList<>();
    private final Map<Fairness.Turn, Long> turns = new HashMap<>();

    /** The gate's row, and the last that was accepted. */
    record Version(long transaction, long slot, long leftAt, long newest) {
        static Version read(ResultSet row) throws SQLException {
            return new Version(
                    row.getLong("gate_version"),
                    row.getLong("gate_slot"),
                    row.getLong("left_at"),
                    row.getLong("newest"));
        }
    }

    /** A batch that is to be dispatched again, at 0 if it is time. */
    private record Again(Lineup.Place place, long at) {}

    private Rivals(Version version) {
        this.version = version;
    }

    /** @param connection in a transaction in which all is of one moment */
    static Rivals read(Connection connection) throws SQLException {
        Rivals rivals;
        try (PreparedStatement find = connection.prepareStatement(FIND_VERSION);
                ResultSet row = find.executeQuery()) {
            row.next();
            rivals = new Rivals(Version.read(row));
        }
        Map<String, String> names = new HashMap<>();
        for (int rank = 0; rank < Fairness.RANKS.size(); rank++) {
            rivals.readLine(connection, rank, names);
            rivals.readTurns(connection, rank);
        }
        rivals.readWaits(connection);
        return rivals;
    }

    private void readLine(Connection connection, int rank, Map<String, String> names) throws SQLException {
        LinedUp line = new LinedUp(Fairness.RANKS.get(rank));
        try (PreparedStatement find = connection.prepareStatement(LINE)) {
            find.setFetchSize(ROWS_AT_ONCE);
            find.setInt(1, rank);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    String owner = row.getString(4);
                    line.add(
                            row.getLong(1),
                            row.getInt(2),
                            row.getLong(3),
                            owner == null ? null : names.computeIfAbsent(owner, same -> same));
                }
            }
        }
        ranks.add(line);
    }

    private void readTurns(Connection connection, int rank) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(TURNS)) {
            find.setObject(1, rank, Types.SMALLINT);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    String owner = row.getString(1);
                    turns.put(new Fairness.Turn(rank, owner == null ? "" : owner), row.getLong(2));
                }
            }
        }
    }

    private void readWaits(Connection connection) throws SQLException {
        try (PreparedStatement find = connection.prepareStatement(WAITS)) {
            find.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet row = find.executeQuery()) {
                while (row.next()) {
                    Lineup.Place place = new Lineup.Place(
                            ANYBODY,
                            Fairness.RANKS.get(row.getInt("rank")),
                            row.getLong("ingestion"),
                            row.getLong("created_at"),
                            row.getString("owner"));
                    again.add(new Again(place, row.getLong("at")));
                }
            }
        }
    }

    Version version() {
        return version;
    }

    /** How many are told of. */
    int size() {
        return again.size() + ranks.stream().mapToInt(LinedUp::size).sum();
    }

    /** The most urgent of those in line, or waiting, from a rank on. */
    List<Long> mostUrgent(int fromRank, int most) {
        List<Long> sequences = new ArrayList<>();
        for (int rank = fromRank; rank < Fairness.RANKS.size(); rank++) {
            ranks.get(rank).addFirst(sequences, most);
        }
        again.stream()
                .filter(wait -> Fairness.rank(wait.place().priority()) >= fromRank)
                .limit(most)
                .forEach(wait -> sequences.add(wait.place().sequence()));
        return sequences.stream().distinct().toList();
    }

    /** All of it as of a moment, but for what is in line of some ingestions, apart from which all others are. */
    Contest contest(Fairness fairness, long nowMicros, long[] apart) {
        List<Lineup.Queued> queued = new ArrayList<>();
        ranks.forEach(line -> line.group(fairness, nowMicros, apart, queued::add));
        return new Contest(
                fairness,
                nowMicros,
                queued,
                again.stream()
                        .map(wait ->
                                new Lineup.Waiting(wait.place(), wait.at() == 0 ? 0 : 1_000 * (wait.at() - nowMicros)))
                        .toList(),
                fairness.takesTurns() ? turns : Map.of());
    }
}
