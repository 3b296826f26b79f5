package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Pace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/** What the gate lets through, out of a row of a larger statement. */
final class Paces {

    /** What is selected from {@code gate g, moment n}, with the interval in microseconds as parameter; of what is in flight, whose it is. */
    static final String COLUMNS = """
            g.paused, greatest(0, least(g.left_at, n.now) + ? - n.now) AS opens_in,
                   greatest(0, g.closed_until - n.now) AS closed_for,
            """ + Here.FETCH_MICROS + ",\n" + """
                   ARRAY(SELECT greatest(0, coalesce(n.now - d.departed_ticks / 1000, 0))
                         FROM dispatch d WHERE d.slot = ANY (g.flying) ORDER BY d.slot) AS in_flight,
                   ARRAY(SELECT d.ingestion FROM dispatch d WHERE d.slot = ANY (g.flying) ORDER BY d.slot) AS flying""";

    private Paces() {}

    static Pace read(ResultSet row, BatchgateProperties properties) throws SQLException {
        return new Pace(
                row.getBoolean("paused"),
                1_000 * row.getLong("opens_in"),
                1_000 * row.getLong("closed_for"),
                properties.interval().toNanos(),
                properties.maxInFlight(),
                Arrays.stream(Here.numbers(row, "in_flight"))
                        .map(micros -> 1_000 * micros)
                        .boxed()
                        .toList(),
                1_000 * row.getLong("fetch_micros"));
    }
}
