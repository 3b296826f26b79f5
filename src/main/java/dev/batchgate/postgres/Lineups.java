package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Priority;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/** What submissions would find in the queue, each time in one statement. Any thread may enter. */
final class Lineups {

    private static final String FIND = """
            SELECT n.now,
            """ + Paces.COLUMNS + ",\n" + """
                   ARRAY[a.batches[1] - g.gone[1], a.batches[2] - g.gone[2], a.batches[3] - g.gone[3]] AS waiting,
                   w.*, i.*, f.*
            FROM gate g, acceptance a, (SELECT now_micros() AS now, ? AS rank) n
            CROSS JOIN LATERAL (
                SELECT array_agg(b.next_attempt_at - n.now) AS wait_due, array_agg(b.rank::integer) AS wait_ranks,
                       array_agg(b.ingestion) AS wait_sequences
                FROM (SELECT * FROM batch WHERE due
                      UNION ALL SELECT * FROM batch WHERE next_attempt_at IS NOT NULL AND NOT due) b) w
            CROSS JOIN LATERAL (
                SELECT array_agg(i.sequence) AS named_sequences, array_agg(i.id) AS named_ids,
                       array_agg(i.owner) AS named_owners
                FROM ingestion i WHERE i.sequence = ANY (ARRAY(
                    SELECT DISTINCT s.sequence FROM unnest(w.wait_sequences, w.wait_ranks) AS s (sequence, rank)
                    WHERE s.rank > n.rank))) i
            CROSS JOIN LATERAL (
                SELECT array_agg(q.rank::integer) AS ranks, array_agg(q.ingestion) AS sequences,
                       array_agg(q.batches) AS batches, array_agg(q.id) AS ids,
                       array_agg(q.owner) AS owners
                FROM (SELECT l.rank, l.ingestion, l.batches - l.next AS batches,
                             (SELECT i.id FROM ingestion i WHERE i.sequence = l.ingestion) AS id,
                             (SELECT i.owner FROM ingestion i WHERE i.sequence = l.ingestion) AS owner
                      FROM line l WHERE l.rank > n.rank ORDER BY l.rank, l.ingestion
                      LIMIT ? + coalesce(cardinality(w.wait_due), 0)) q) f""";

    private static final Name ANYBODY = new Name(new UUID(0, 0), null);

    private final Database database;
    private final BatchgateProperties properties;
    private final Contests contests;

    private record Name(UUID id, @Nullable String owner) {}

    Lineups(Database database, Contests contests, BatchgateProperties properties) {
        this.contests = contests;
        this.database = database;
        this.properties = properties;
    }

    /** @param most how many of those behind it are to be listed */
    Lineup find(Priority priority, int most) {
        if (!properties.fairness().isStrict()) {
            return contests.lineup(priority);
        }
        int rank = Fairness.rank(priority);
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(FIND)) {
                // Planned anew each time, for tables as large as they are by then.
                find.unwrap(PGStatement.class).setPrepareThreshold(0);
                find.setLong(1, Micros.of(properties.interval()));
                find.setInt(2, rank);
                // One more, to know whether there is.
                find.setInt(3, most + 1);
                try (ResultSet row = find.executeQuery()) {
                    row.next();
                    return lineup(rank, row);
                }
            }
        });
    }

    private Lineup lineup(int rank, ResultSet row) throws SQLException {
        long higher = 0;
        long lower = 0;
        Long[] waiting = numbers(row, "waiting");
        for (int i = 0; i < waiting.length; i++) {
            higher += i < rank ? waiting[i] : 0;
            lower += i > rank ? waiting[i] : 0;
        }
        return Lineup.of(
                Micros.instant(row.getLong("now")),
                Paces.read(row, properties),
                Fairness.RANKS.get(rank),
                higher,
                waiting[rank],
                lower,
                first(row),
                waits(row));
    }

    private static List<Lineup.Queued> first(ResultSet row) throws SQLException {
        List<Lineup.Queued> first = new ArrayList<>();
        UUID[] ids = Here.array(row, "ids", new UUID[0]);
        Integer[] ranks = Here.array(row, "ranks", new Integer[0]);
        Long[] sequences = numbers(row, "sequences");
        Integer[] batches = Here.array(row, "batches", new Integer[0]);
        @Nullable String[] owners = Here.array(row, "owners", new @Nullable String[0]);
        for (int i = 0; i < ids.length; i++) {
            Lineup.Place place = new Lineup.Place(ids[i], Fairness.RANKS.get(ranks[i]), sequences[i], 0, owners[i]);
            first.add(new Lineup.Queued(place, batches[i]));
        }
        return first;
    }

    /** Of the many that may wait, only those that are behind have a name. */
    private static List<Lineup.Waiting> waits(ResultSet row) throws SQLException {
        Map<Long, Name> names = new HashMap<>();
        UUID[] ids = Here.array(row, "named_ids", new UUID[0]);
        Long[] named = numbers(row, "named_sequences");
        @Nullable String[] owners = Here.array(row, "named_owners", new @Nullable String[0]);
        for (int i = 0; i < ids.length; i++) {
            names.put(named[i], new Name(ids[i], owners[i]));
        }
        List<Lineup.Waiting> waits = new ArrayList<>();
        Integer[] ranks = Here.array(row, "wait_ranks", new Integer[0]);
        Long[] sequences = numbers(row, "wait_sequences");
        Long[] due = numbers(row, "wait_due");
        for (int i = 0; i < due.length; i++) {
            Name name = names.getOrDefault(sequences[i], ANYBODY);
            Lineup.Place place =
                    new Lineup.Place(name.id(), Fairness.RANKS.get(ranks[i]), sequences[i], 0, name.owner());
            waits.add(new Lineup.Waiting(place, 1_000 * due[i]));
        }
        return waits;
    }

    private static Long[] numbers(ResultSet row, String column) throws SQLException {
        return Here.array(row, column, new Long[0]);
    }
}
