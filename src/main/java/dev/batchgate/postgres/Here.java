package dev.batchgate.postgres;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An ingestion in the queue at one moment, and of the gate and the line what says so in one row each. Times are
 * microseconds.
 *
 * @param gate the version of the gate's row, see {@link View}
 * @param allInLine batches that no slot has been given to
 * @param higherInLine those of higher priorities
 * @param inLine those of the ingestion
 */
record Here(
        Gate gate,
        long now,
        boolean paused,
        long leftAt,
        long closedUntil,
        long allInLine,
        long higherInLine,
        long sequence,
        int rank,
        long inLine) {

    /** Ingestions whose sequences are in one block are summed up. */
    static final int BLOCK = 1024;

    /** What is selected from {@code gate g, acceptance a, moment n}, and {@code found} with an ingestion. */
    static final String COLUMNS = """
            g.xmin::text::bigint AS gate_version, g.slot AS gate_slot, g.left_at, g.closed_until, g.paused, n.now,
            total(a.batches) - total(g.gone) AS all_in_line,
            CASE found.rank WHEN 0 THEN 0 ELSE a.batches[1] - g.gone[1] END
              + CASE found.rank WHEN 2 THEN a.batches[2] - g.gone[2] ELSE 0 END AS higher_in_line,
            found.sequence, found.rank,
            coalesce((SELECT l.batches - l.next FROM line l WHERE l.rank = found.rank AND l.ingestion = found.sequence), 0)
                AS in_line""";

    /** How long a fetch takes, going by the last ones; selected from {@code gate g}. */
    static final String FETCH_MICROS = """
            (SELECT coalesce(avg(took), 0)::bigint FROM (
                SELECT greatest(0, d.ended_ticks - d.departed_ticks) / 1000 AS took FROM dispatch d
                WHERE d.slot > g.slot - 100 AND d.outcome = 'completed' ORDER BY d.slot DESC LIMIT 20) last) AS fetch_micros""";

    /** Another one after each change of the gate's row. The numbers of transactions may begin anew with another server. */
    record Gate(long transaction, long slot, long leftAt) {}

    static Here read(ResultSet row) throws SQLException {
        long leftAt = row.getLong("left_at");
        return new Here(
                new Gate(row.getLong("gate_version"), row.getLong("gate_slot"), leftAt),
                row.getLong("now"),
                row.getBoolean("paused"),
                leftAt,
                row.getLong("closed_until"),
                row.getLong("all_in_line"),
                row.getLong("higher_in_line"),
                row.getLong("sequence"),
                row.getInt("rank"),
                row.getLong("in_line"));
    }

    static long[] numbers(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return array == null
                ? new long[0]
                : Arrays.stream((Long[]) array.getArray())
                        .mapToLong(Long::longValue)
                        .toArray();
    }

    /** The elements of a column; {@code none} where it is null. */
    @SuppressWarnings("unchecked")
    static <T extends @Nullable Object> T[] array(ResultSet row, String column, T[] none) throws SQLException {
        Array array = row.getArray(column);
        return array == null ? none : (T[]) array.getArray();
    }

    long block() {
        return sequence / BLOCK;
    }
}
