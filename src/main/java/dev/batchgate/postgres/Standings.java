package dev.batchgate.postgres;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Pace;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where ingestions stand among all that waits, each time in one statement. Any thread may enter. */
final class Standings {

    private static final String STANDING = "SELECT * FROM standing(?, ?, ?, ?)";

    private final Database database;
    private final BatchgateProperties properties;

    Standings(Database database, BatchgateProperties properties) {
        this.database = database;
        this.properties = properties;
    }

    Optional<Standing> find(UUID id) {
        return find(id, null);
    }

    /** Of a submission, were it accepted now. */
    Standing of(Submission submission) {
        return find(null, submission).orElseThrow();
    }

    private Optional<Standing> find(@Nullable UUID id, @Nullable Submission submission) {
        return database.read(connection -> {
            try (PreparedStatement find = connection.prepareStatement(STANDING)) {
                find.setObject(1, id, Types.OTHER);
                find.setString(
                        2, submission == null ? null : submission.priority().name());
                find.setObject(3, submission == null ? null : submission.batches(), Types.INTEGER);
                find.setLong(4, intervalMicros());
                try (ResultSet row = find.executeQuery()) {
                    row.next();
                    return read(row);
                }
            }
        });
    }

    long intervalMicros() {
        return properties.interval().toNanos() / 1_000;
    }

    /** What the database's function says in its columns; empty where it says nothing. */
    Optional<Standing> read(ResultSet row) throws SQLException {
        long now = row.getLong("now");
        return row.wasNull() ? Optional.empty() : Optional.of(standing(now, row));
    }

    private Standing standing(long now, ResultSet row) throws SQLException {
        Pace pace = new Pace(
                row.getBoolean("paused"),
                1_000 * row.getLong("opens_in"),
                1_000 * row.getLong("closed_for"),
                properties.interval().toNanos(),
                properties.maxInFlight(),
                nanos(row.getArray("in_flight")),
                1_000 * row.getLong("fetch_micros"));
        return new Standing(
                Micros.instant(now),
                pace,
                row.getLong("higher"),
                row.getLong("earlier"),
                row.getLong("own"),
                row.getLong("behind"),
                waits(nanos(row.getArray("waits")), (Integer[])
                        row.getArray("urgencies").getArray()),
                nanos(row.getArray("own_in_flight")));
    }

    private static List<Long> nanos(Array micros) throws SQLException {
        return Arrays.stream((Long[]) micros.getArray())
                .map(time -> 1_000 * time)
                .toList();
    }

    private static List<Standing.Wait> waits(List<Long> nanos, Integer[] urgencies) {
        List<Standing.Wait> waits = new ArrayList<>();
        for (int i = 0; i < urgencies.length; i++) {
            waits.add(new Standing.Wait(
                    nanos.get(i),
                    urgencies[i] < 0
                            ? Standing.Urgency.BEFORE
                            : urgencies[i] > 0 ? Standing.Urgency.BEHIND : Standing.Urgency.OWN));
        }
        return waits;
    }
}
