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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where ingestions stand, and what submissions would find, where keys take turns or what waits for long is lifted.
 *
 * <p>For that, all that waits has to be known. It is read once for all who ask, and again when anything has changed; or, where that
 * is so much that it takes long, when it has been in use for ten times as long. Any thread may enter; {@code reading} guards that
 * only one of them reads.
 */
final class Contests {

    /** What is asked about, and the gate, as of this moment. */
    private static final String ASK = "SELECT n.now, " + Rivals.VERSION + ",\n" + Paces.COLUMNS + ",\n" + """
            named.* FROM gate g CROSS JOIN acceptance a CROSS JOIN (SELECT now_micros() AS now) n
            CROSS JOIN LATERAL (
                SELECT array_agg(i.sequence) AS sequences, array_agg(i.id) AS ids, array_agg(i.rank::integer) AS ranks,
                       array_agg(i.created_at) AS created, array_agg(i.owner) AS owners,
                       array_agg(coalesce((SELECT l.batches - l.next FROM line l
                                           WHERE l.rank = i.rank AND l.ingestion = i.sequence), 0)) AS in_line
                FROM ingestion i
                WHERE i.sequence = ANY (?) AND i.finished_at IS NULL AND i.expired = 0) named""";

    /** Of those that a submission might push back, so many are looked at one by one. */
    private static final int MOST_APART = 1_000;

    private static final int MOST_LOOKS = 5;

    /** With fewer, what is told is never older than the answer. */
    private static final int MANY = 10_000;

    private static final int IN_USE = 10;

    private final Database database;
    private final BatchgateProperties properties;
    private final Object reading = new Object();
    private volatile @Nullable Known last;

    /** @param until when it is to be read again though it is large, in the nanoseconds of this process */
    private record Known(Rivals rivals, long until) {}

    /** @param queued those that were asked about, with what is in line of them */
    private record Asked(
            Rivals.Version version, long now, Pace pace, List<Lineup.Queued> queued, Map<Long, List<Long>> flying) {}

    /** What was asked about among all that waits. */
    private record Found(Asked asked, Contest contest) {}

    Contests(Database database, BatchgateProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    /** Of those ingestions that have not ended, by sequence. */
    Map<Long, Standing> standings(Collection<Long> sequences) {
        Found found = find(sequences);
        Asked asked = found.asked();
        Map<Long, Standing> standings = new HashMap<>();
        for (Lineup.Queued one : asked.queued()) {
            long sequence = one.place().sequence();
            List<Long> flying = asked.flying().getOrDefault(sequence, List.of());
            standings.put(
                    sequence,
                    Standing.of(Micros.instant(asked.now()), asked.pace(), found.contest(), one.place(), flying));
        }
        return standings;
    }

    Optional<Standing> standing(long sequence) {
        return Optional.ofNullable(standings(List.of(sequence)).get(sequence));
    }

    Lineup lineup(Priority priority) {
        int from = properties.fairness().lowestPushedBackBy(priority);
        Found found = null;
        for (int look = 0; look < MOST_LOOKS; look++) {
            Rivals rivals = rivals(ask(List.of()));
            found = find(rivals.mostUrgent(from, MOST_APART));
            if (found.asked().version().equals(rivals.version()) || rivals.size() > MANY) {
                break;
            }
        }
        Asked asked = Objects.requireNonNull(found).asked();
        List<Lineup.Place> apart =
                asked.queued().stream().map(Lineup.Queued::place).toList();
        Set<Long> known = new HashSet<>();
        apart.forEach(place -> known.add(place.sequence()));
        long further = found.contest().queued().stream()
                .filter(group -> Fairness.rank(group.place().priority()) >= from
                        && !known.contains(group.place().sequence()))
                .mapToLong(Lineup.Queued::eligible)
                .sum();
        return found.contest().lineup(Micros.instant(asked.now()), asked.pace(), priority, apart, further);
    }

    private Found find(Collection<Long> sequences) {
        for (int look = 1; ; look++) {
            Asked asked = ask(sequences);
            Rivals rivals = rivals(asked);
            if (asked.version().equals(rivals.version()) || rivals.size() > MANY || look == MOST_LOOKS) {
                long[] apart =
                        sequences.stream().mapToLong(Long::longValue).sorted().toArray();
                Contest others = rivals.contest(properties.fairness(), asked.now(), apart);
                return new Found(asked, others.with(asked.queued()));
            }
        }
    }

    private Rivals rivals(Asked asked) {
        Known known = last;
        if (known == null || !isUsable(known, asked)) {
            synchronized (reading) {
                known = last;
                if (known == null || !isUsable(known, asked)) {
                    known = read();
                    last = known;
                }
            }
        }
        return known.rivals();
    }

    private static boolean isUsable(Known known, Asked asked) {
        return known.rivals().version().equals(asked.version())
                || (known.rivals().size() > MANY && System.nanoTime() - known.until() < 0);
    }

    private Known read() {
        long start = System.nanoTime();
        Rivals rivals = database.read(connection -> {
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            return Rivals.read(connection);
        });
        long end = System.nanoTime();
        return new Known(rivals, end + IN_USE * (end - start));
    }

    private Asked ask(Collection<Long> sequences) {
        return database.read(connection -> {
            try (PreparedStatement ask = connection.prepareStatement(ASK)) {
                ask.setLong(1, Micros.of(properties.interval()));
                ask.setArray(2, connection.createArrayOf("bigint", sequences.toArray(Long[]::new)));
                try (ResultSet row = ask.executeQuery()) {
                    row.next();
                    return asked(row);
                }
            }
        });
    }

    private Asked asked(ResultSet row) throws SQLException {
        List<Lineup.Queued> queued = new ArrayList<>();
        Long[] sequences = Here.array(row, "sequences", new Long[0]);
        UUID[] ids = Here.array(row, "ids", new UUID[0]);
        Integer[] ranks = Here.array(row, "ranks", new Integer[0]);
        Long[] created = Here.array(row, "created", new Long[0]);
        @Nullable String[] owners = Here.array(row, "owners", new @Nullable String[0]);
        Integer[] inLine = Here.array(row, "in_line", new Integer[0]);
        for (int i = 0; i < sequences.length; i++) {
            Lineup.Place place =
                    new Lineup.Place(ids[i], Fairness.RANKS.get(ranks[i]), sequences[i], created[i], owners[i]);
            queued.add(new Lineup.Queued(place, inLine[i]));
        }
        Pace pace = Paces.read(row, properties);
        Map<Long, List<Long>> flying = new HashMap<>();
        Long[] inFlight = Here.array(row, "flying", new Long[0]);
        for (int i = 0; i < inFlight.length; i++) {
            flying.computeIfAbsent(inFlight[i], any -> new ArrayList<>())
                    .add(pace.inFlight().get(i));
        }
        return new Asked(Rivals.Version.read(row), row.getLong("now"), pace, queued, flying);
    }
}
