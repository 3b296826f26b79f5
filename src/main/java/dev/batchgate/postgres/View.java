package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Standing.Urgency;
import dev.batchgate.ingestion.Standing.Wait;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all ingestions as long as the gate's row is: whatever changes any of it changes that row in the same
 * transaction. Only who is accepted does not, and so comes behind all that a block knows of. Any thread may enter; what is
 * read is never changed.
 */
final class View {

    /**
     * What is selected with {@link Here#COLUMNS} from the same. Of what is earlier, what came and went is summed up by
     * blocks, but for the ingestion's own one.
     */
    static final String COLUMNS = "a.sequence AS newest, " + Here.FETCH_MICROS + ",\n" + """
            ARRAY(SELECT d.ingestion FROM dispatch d WHERE d.slot = ANY (g.flying) ORDER BY d.slot) AS flying,
            ARRAY(SELECT coalesce(d.departed_ticks / 1000, 9000000000000000) FROM dispatch d
                  WHERE d.slot = ANY (g.flying) ORDER BY d.slot) AS departed,
            waits.*,
            (SELECT coalesce(sum(s.batches), 0)::bigint FROM (
                SELECT b.batches FROM arrival b WHERE b.rank = found.rank AND b.block < found.sequence / 1024
                    AND b.block >= (SELECT l.ingestion FROM line l WHERE l.rank = found.rank
                                    ORDER BY l.rank, l.ingestion LIMIT 1) / 1024
                UNION ALL
                SELECT -b.batches FROM exit b WHERE b.rank = found.rank AND b.block < found.sequence / 1024
                    AND b.block >= (SELECT l.ingestion FROM line l WHERE l.rank = found.rank
                                    ORDER BY l.rank, l.ingestion LIMIT 1) / 1024) s) AS before_block,
            in_block.*""";

    /** Joined to what they are selected from. */
    static final String JOINS = """
            CROSS JOIN LATERAL (
                SELECT array_agg(b.at ORDER BY b.at) AS wait_at, array_agg(b.rank ORDER BY b.at) AS wait_ranks,
                       array_agg(b.ingestion ORDER BY b.at) AS wait_sequences
                FROM (SELECT 0 AS at, rank::bigint, ingestion FROM batch WHERE due
                      UNION ALL SELECT next_attempt_at, rank, ingestion FROM batch
                      WHERE next_attempt_at IS NOT NULL AND NOT due) b) waits
            CROSS JOIN LATERAL (
                SELECT array_agg(l.ingestion) AS block_sequences, array_agg((l.batches - l.next)::bigint) AS block_batches
                FROM line l
                WHERE l.rank = found.rank AND l.ingestion >= found.sequence / 1024 * 1024
                  AND l.ingestion < (found.sequence / 1024 + 1) * 1024) in_block""";

    private static final int MOST_BLOCKS = 1_000;

    private final Here.Gate gate;
    private final long fetchMicros;
    private final long[] flying;
    private final long[] departed;
    private final long[] waitAt;
    private final long[] waitRanks;
    private final long[] waitSequences;
    private final Map<BlockKey, Block> blocks = new ConcurrentHashMap<>();

    private record BlockKey(int rank, long block) {}

    /** Of the batches in line of one rank, those in one block. */
    private static final class Block {

        /** Batches in all blocks before it. */
        private final long before;

        /** By place in the block: batches in it before that. */
        private final long[] sums = new long[Here.BLOCK + 1];

        /** The last ingestion that had been accepted. */
        private final long newest;

        Block(ResultSet row) throws SQLException {
            before = row.getLong("before_block");
            newest = row.getLong("newest");
            long[] sequences = Here.numbers(row, "block_sequences");
            long[] batches = Here.numbers(row, "block_batches");
            for (int i = 0; i < sequences.length; i++) {
                sums[(int) (sequences[i] % Here.BLOCK) + 1] = batches[i];
            }
            for (int place = 1; place < sums.length; place++) {
                sums[place] += sums[place - 1];
            }
        }

        long before(long sequence) {
            return before + sums[(int) (sequence % Here.BLOCK)];
        }
    }

    private View(Here.Gate gate, ResultSet row) throws SQLException {
        this.gate = gate;
        this.fetchMicros = row.getLong("fetch_micros");
        this.flying = Here.numbers(row, "flying");
        this.departed = Here.numbers(row, "departed");
        this.waitAt = Here.numbers(row, "wait_at");
        this.waitRanks = Here.numbers(row, "wait_ranks");
        this.waitSequences = Here.numbers(row, "wait_sequences");
    }

    /** One that knows what a row with all columns tells, and what {@code before} knew if it is still so. */
    static View read(Here here, ResultSet row, @Nullable View before) throws SQLException {
        View view = before != null && before.gate.equals(here.gate()) ? before : new View(here.gate(), row);
        view.add(here, row);
        return view;
    }

    private void add(Here here, ResultSet row) throws SQLException {
        if (blocks.size() >= MOST_BLOCKS) {
            blocks.clear();
        }
        // Another thread may have read a later moment of it.
        blocks.merge(
                new BlockKey(here.rank(), here.block()),
                new Block(row),
                (known, read) -> known.newest > read.newest ? known : read);
    }

    /** Where it stands; null if that is not known here. */
    @Nullable
    Standing of(Here here, BatchgateProperties properties) {
        Block block = blocks.get(new BlockKey(here.rank(), here.block()));
        if (!gate.equals(here.gate()) || block == null || block.newest < here.sequence()) {
            return null;
        }
        long higher = here.higherInLine();
        long earlier = block.before(here.sequence());
        long own = here.inLine();
        long again = 0;
        int next = 0;
        for (; next < waitAt.length && waitAt[next] <= here.now(); next++) {
            Urgency urgency = urgency(next, here);
            boolean isHigher = waitRanks[next] < here.rank();
            higher += isHigher ? 1 : 0;
            earlier += urgency == Urgency.BEFORE && !isHigher ? 1 : 0;
            own += urgency == Urgency.OWN ? 1 : 0;
            again++;
        }
        boolean ownWaits = LongStream.of(waitSequences).anyMatch(waits -> waits == here.sequence());
        List<Wait> waits = new ArrayList<>();
        for (; next < waitAt.length; next++) {
            Urgency urgency = urgency(next, here);
            if (ownWaits || urgency == Urgency.BEFORE) {
                waits.add(new Wait(1_000 * (waitAt[next] - here.now()), urgency));
            }
        }
        return new Standing(
                Micros.instant(here.now()),
                pace(here, properties),
                higher,
                earlier,
                own,
                here.allInLine() + again - higher - earlier - own,
                waits,
                elapsed(here, true));
    }

    private Urgency urgency(int wait, Here here) {
        if (waitSequences[wait] == here.sequence()) {
            return Urgency.OWN;
        }
        boolean isBefore = waitRanks[wait] < here.rank()
                || (waitRanks[wait] == here.rank() && waitSequences[wait] < here.sequence());
        return isBefore ? Urgency.BEFORE : Urgency.BEHIND;
    }

    private Pace pace(Here here, BatchgateProperties properties) {
        long interval = properties.interval().toNanos();
        return new Pace(
                here.paused(),
                1_000 * Math.max(0, Math.min(here.leftAt(), here.now()) + interval / 1_000 - here.now()),
                1_000 * Math.max(0, here.closedUntil() - here.now()),
                interval,
                properties.maxInFlight(),
                elapsed(here, false),
                1_000 * fetchMicros);
    }

    /** For how long the batches in flight have been, or those of the ingestion. */
    private List<Long> elapsed(Here here, boolean own) {
        List<Long> elapsed = new ArrayList<>();
        for (int i = 0; i < flying.length; i++) {
            if (!own || flying[i] == here.sequence()) {
                elapsed.add(1_000 * Math.max(0, here.now() - departed[i]));
            }
        }
        return elapsed;
    }
}
