package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Contest;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Standing;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/**
 * Where ingestions stand, and what submissions would find, where keys take turns or what waits for long is lifted; each time in one
 * statement, which looks at all that is in line. Any thread may enter.
 */
final class Contests {

    /** Ingestions that are to be told apart from all others: those named; or some of the most urgent that a submission might push back. */
    private static final String NAMED = "SELECT ?::bigint[] AS sequences";

    private static final String MOST_URGENT = """
            SELECT ARRAY(SELECT f.ingestion FROM (
                SELECT l.rank, l.ingestion FROM line l WHERE l.rank >= ? ORDER BY l.rank, l.ingestion LIMIT 1000) f
              UNION SELECT w.ingestion FROM batch w WHERE w.next_attempt_at IS NOT NULL AND w.rank >= ?
              ORDER BY 1) AS sequences""";

    /**
     * Of those that are still to be lifted each is told apart as well, unless there are many: then those together that were accepted one
     * right after the other.
     */
    private static final String FIND = """
            SELECT n.now, %s, apart.sequences AS apart, named.*, groups.*, waits.*, turns.*
            FROM gate g
            CROSS JOIN (SELECT now_micros() AS now, ?::boolean AS fair, ?::bigint AS aging) n
            CROSS JOIN (%s) apart
            CROSS JOIN LATERAL (
                SELECT array_agg(i.sequence) AS sequences, array_agg(i.id) AS ids, array_agg(i.rank::integer) AS ranks,
                       array_agg(i.created_at) AS created, array_agg(i.owner) AS owners
                FROM ingestion i
                WHERE i.sequence = ANY (apart.sequences) AND i.finished_at IS NULL AND i.expired = 0) named
            CROSS JOIN LATERAL (
                SELECT coalesce((SELECT i.created_at + n.aging > n.now FROM ingestion i
                                 ORDER BY i.sequence DESC OFFSET 2000 LIMIT 1), false) AS are_many) young
            CROSS JOIN LATERAL (
                SELECT array_agg(x.rank) AS group_ranks, array_agg(x.owner) AS group_owners, array_agg(x.first) AS group_sequences,
                       array_agg(x.created) AS group_created, array_agg(x.eligible) AS group_eligible
                FROM (
                    SELECT q.rank, q.owner, min(q.ingestion) AS first, min(q.created_at) AS created,
                           sum(q.eligible)::bigint AS eligible
                    FROM (
                        SELECT p.*, p.ingestion = apart.sequences[p.gap] AS is_apart
                        FROM (
                            SELECT l.rank::integer, l.ingestion, l.batches - l.next AS eligible, i.created_at,
                                   CASE WHEN n.fair THEN i.owner END AS owner,
                                   width_bucket(l.ingestion, apart.sequences) AS gap,
                                   CASE WHEN l.rank > 0 AND i.created_at + n.aging > n.now
                                        THEN CASE WHEN young.are_many THEN l.ingestion / 256 ELSE l.ingestion END END AS young
                            FROM line l JOIN ingestion i ON i.sequence = l.ingestion) p) q
                    GROUP BY q.rank, q.owner, q.gap, q.is_apart, q.young) x) groups
            CROSS JOIN LATERAL (
                SELECT array_agg(w.rank::integer) AS wait_ranks, array_agg(i.owner) AS wait_owners,
                       array_agg(w.ingestion) AS wait_sequences, array_agg(i.created_at) AS wait_created,
                       array_agg(w.next_attempt_at - n.now) AS wait_due, array_agg(w.due) AS wait_is_due
                FROM batch w JOIN ingestion i ON i.sequence = w.ingestion WHERE w.next_attempt_at IS NOT NULL) waits
            CROSS JOIN LATERAL (
                SELECT array_agg(r.rank) AS turn_ranks, array_agg(o.owner) AS turn_owners, array_agg(s.slot) AS turn_slots
                FROM generate_series(0, 2) AS r (rank)
                CROSS JOIN (SELECT owner FROM owner_arrival UNION SELECT unnest(groups.group_owners)
                            UNION SELECT unnest(waits.wait_owners) UNION SELECT NULL) o
                CROSS JOIN LATERAL (
                    (SELECT d.slot FROM dispatch d WHERE n.fair AND d.turn = r.rank AND d.owner = o.owner
                     ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1)
                    UNION ALL
                    (SELECT d.slot FROM dispatch d WHERE n.fair AND d.turn = r.rank AND d.owner IS NULL AND o.owner IS NULL
                     ORDER BY d.turn DESC, d.owner DESC, d.slot DESC LIMIT 1)) s) turns""";

    private static final String FIND_NAMED = FIND.formatted(Paces.COLUMNS, NAMED);
    private static final String FIND_MOST_URGENT = FIND.formatted(Paces.COLUMNS, MOST_URGENT);

    private static final List<Priority> RANKS = List.of(Priority.HIGH, Priority.MEDIUM, Priority.LOW);
    private static final UUID ANYBODY = new UUID(0, 0);

    private final Database database;
    private final BatchgateProperties properties;

    Contests(Database database, BatchgateProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    /** What is found, at one moment. */
    private record Found(
            Instant now, Pace pace, Contest contest, List<Lineup.Place> apart, Map<Long, List<Long>> flying) {}

    /** Of those ingestions that have not ended, by sequence. */
    Map<Long, Standing> standings(Collection<Long> sequences) {
        Found found = find(
                FIND_NAMED,
                (find, connection) -> find.setArray(
                        4,
                        connection.createArrayOf(
                                "bigint", sequences.stream().sorted().toArray(Long[]::new))));
        Map<Long, Standing> standings = new HashMap<>();
        for (Lineup.Place place : found.apart()) {
            standings.put(
                    place.sequence(),
                    Standing.of(
                            found.now(),
                            found.pace(),
                            found.contest(),
                            place,
                            found.flying().getOrDefault(place.sequence(), List.of())));
        }
        return standings;
    }

    Optional<Standing> standing(long sequence) {
        return Optional.ofNullable(standings(List.of(sequence)).get(sequence));
    }

    Lineup lineup(Priority priority) {
        int rank = RANKS.indexOf(priority);
        Found found = find(FIND_MOST_URGENT, (find, connection) -> {
            find.setInt(4, rank);
            find.setInt(5, rank);
        });
        List<Long> apart = found.apart().stream().map(Lineup.Place::sequence).toList();
        long further = found.contest().queued().stream()
                .filter(group -> group.place().priority().compareTo(priority) >= 0)
                .filter(group -> !apart.contains(group.place().sequence()))
                .mapToLong(Lineup.Queued::eligible)
                .sum();
        return Lineup.of(found.now(), found.pace(), priority, found.contest(), found.apart(), further);
    }

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement find, Connection connection) throws SQLException;
    }

    private Found find(String sql, Binding apart) {
        Fairness fairness = properties.fairness();
        Duration aging = fairness.aging();
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(sql)) {
                // Planned anew each time, for tables as large as they are by then.
                find.unwrap(PGStatement.class).setPrepareThreshold(0);
                find.setLong(1, Micros.of(properties.interval()));
                find.setBoolean(2, fairness.takesTurns());
                find.setObject(3, aging == null ? null : Micros.of(aging), Types.BIGINT);
                apart.bind(find, connection);
                try (ResultSet row = find.executeQuery()) {
                    row.next();
                    return found(row, fairness);
                }
            }
        });
    }

    private Found found(ResultSet row, Fairness fairness) throws SQLException {
        long now = row.getLong("now");
        List<Lineup.Queued> queued = new ArrayList<>();
        List<Lineup.Place> groups =
                places(row, "group_sequences", null, "group_ranks", "group_created", "group_owners");
        Long[] eligible = Here.array(row, "group_eligible", new Long[0]);
        for (int i = 0; i < eligible.length; i++) {
            queued.add(new Lineup.Queued(groups.get(i), eligible[i]));
        }
        List<Lineup.Waiting> waits = new ArrayList<>();
        List<Lineup.Place> again = places(row, "wait_sequences", null, "wait_ranks", "wait_created", "wait_owners");
        Long[] due = Here.array(row, "wait_due", new Long[0]);
        Boolean[] isDue = Here.array(row, "wait_is_due", new Boolean[0]);
        for (int i = 0; i < due.length; i++) {
            waits.add(new Lineup.Waiting(again.get(i), isDue[i] ? Math.min(0, 1_000 * due[i]) : 1_000 * due[i]));
        }
        Map<Fairness.Turn, Long> turns = new HashMap<>();
        Integer[] ranks = Here.array(row, "turn_ranks", new Integer[0]);
        @Nullable String[] owners = Here.array(row, "turn_owners", new @Nullable String[0]);
        Long[] slots = Here.array(row, "turn_slots", new Long[0]);
        for (int i = 0; i < slots.length; i++) {
            turns.put(fairness.turn(ranks[i], owners[i]), slots[i]);
        }
        Map<Long, List<Long>> flying = new HashMap<>();
        Long[] inFlight = Here.array(row, "flying", new Long[0]);
        Pace pace = Paces.read(row, properties);
        for (int i = 0; i < inFlight.length; i++) {
            flying.computeIfAbsent(inFlight[i], any -> new ArrayList<>())
                    .add(pace.inFlight().get(i));
        }
        return new Found(
                Micros.instant(now),
                pace,
                new Contest(fairness, now, queued, waits, turns),
                places(row, "sequences", "ids", "ranks", "created", "owners"),
                flying);
    }

    private static List<Lineup.Place> places(
            ResultSet row,
            String sequenceColumn,
            @Nullable String idColumn,
            String rankColumn,
            String createdColumn,
            String ownerColumn)
            throws SQLException {
        Long[] sequences = Here.array(row, sequenceColumn, new Long[0]);
        UUID[] ids = idColumn == null ? new UUID[0] : Here.array(row, idColumn, new UUID[0]);
        Integer[] ranks = Here.array(row, rankColumn, new Integer[0]);
        Long[] created = Here.array(row, createdColumn, new Long[0]);
        @Nullable String[] owners = Here.array(row, ownerColumn, new @Nullable String[0]);
        List<Lineup.Place> places = new ArrayList<>();
        for (int i = 0; i < sequences.length; i++) {
            places.add(new Lineup.Place(
                    idColumn == null ? ANYBODY : ids[i], RANKS.get(ranks[i]), sequences[i], created[i], owners[i]));
        }
        return places;
    }
}
