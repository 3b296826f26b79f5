package dev.batchgate.postgres;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Verdict;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What came of asking for the slot.
 *
 * @param flight what it was given to; null if there was no slot, or nothing to give it to
 * @param delay until it is worth asking again, if there is no news; null if that is not known
 * @param matter the news that would make it worth asking at once
 */
record Claim(@Nullable Flight flight, @Nullable Duration delay, Set<Alarm.News> matter) {

    /** @param askedNanos when the claim was asked for */
    static Claim read(ResultSet row, long askedNanos, Duration lease) throws SQLException {
        String answer = row.getString("answer");
        if (answer.equals("taken")) {
            return new Claim(flight(row, askedNanos, lease), null, Set.of());
        }
        long micros = row.getLong("wait");
        Duration known = row.wasNull() ? null : Duration.ofNanos(1_000 * micros);
        Duration wait = answer.equals("lost") ? Duration.ZERO : known;
        Set<Alarm.News> matter = switch (answer) {
            case "paused" -> Set.of(Alarm.News.GATE);
            case "closed" -> Set.of(Alarm.News.DEPARTURE, Alarm.News.GATE);
            case "full" -> Set.of(Alarm.News.DEPARTURE, Alarm.News.GATE, Alarm.News.END);
            case "idle" -> Set.of(Alarm.News.DEPARTURE, Alarm.News.WORK, Alarm.News.END);
            // A lease has run out between one look and the next.
            case "lost" -> Set.of();
            default -> throw new SQLException("claim answered " + answer);
        };
        return new Claim(null, wait, matter);
    }

    private static Flight flight(ResultSet row, long askedNanos, Duration lease) throws SQLException {
        List<Long> whole = new PackedIds(row.getInt("id_bytes"), row.getBytes("ids"))
                .unpack()
                .slice(0, row.getInt("batch_ids"));
        List<Integer> places = places(row.getArray("places"), whole.size());
        Batch batch = new Batch(
                row.getObject("id", UUID.class),
                row.getInt("batch"),
                places.stream().map(whole::get).toList());
        return new Flight(
                batch,
                row.getLong("slot"),
                places,
                row.getInt("counted"),
                new Verdict.Before(row.getString("failed"), row.getBoolean("cancelled")),
                row.getLong("now"),
                askedNanos,
                lease);
    }

    private static List<Integer> places(@Nullable Array missing, int all) throws SQLException {
        return missing == null
                ? IntStream.range(0, all).boxed().toList()
                : Arrays.asList((Integer[]) missing.getArray());
    }
}
