package dev.batchgate.postgres;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Micros;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records how dispatches end, each with all that it brought in one statement. Any thread may enter. */
final class Landings {

    private static final String FINISH =
            "SELECT finish(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** What recording came to. */
    enum Answer {
        /** It is on stable storage. */
        DONE,
        /** Its lease had run out, and somebody else has said that its outcome is unknown. */
        LOST,
        /** It has been cancelled, which was not taken into account. */
        WITHDRAWN,
        /** It has not, which was. */
        NOT_WITHDRAWN
    }

    private final Database database;
    private final Replica replica;

    Landings(Database database, Replica replica) {
        this.database = database;
        this.replica = replica;
    }

    /**
     * Records it, unless it is too late or not what it should be.
     *
     * @param wait before the batch may be dispatched again
     * @param hold for how much longer the upstream has closed the gate; null if it has not
     */
    Answer record(Landing landing, Duration wait, @Nullable Duration hold) {
        return database.end(connection -> {
            try (PreparedStatement finish = connection.prepareStatement(FINISH)) {
                bind(finish, landing, wait, hold);
                bindResults(connection, finish, landing);
                try (ResultSet row = finish.executeQuery()) {
                    row.next();
                    return answer(row.getString(1));
                }
            }
        });
    }

    private static Answer answer(String word) throws SQLException {
        return switch (word) {
            case "done" -> Answer.DONE;
            case "lost" -> Answer.LOST;
            case "withdrawn" -> Answer.WITHDRAWN;
            case "not withdrawn" -> Answer.NOT_WITHDRAWN;
            default -> throw new SQLException("finish answered " + word);
        };
    }

    private void bind(PreparedStatement finish, Landing landing, Duration wait, @Nullable Duration hold)
            throws SQLException {
        Flight flight = landing.flight();
        finish.setLong(1, replica.run());
        finish.setLong(2, flight.slot());
        setLong(finish, 3, flight.wasWithheld() || landing.outcome().isUnsent() ? null : flight.departedMicros());
        finish.setBoolean(4, landing.withdrawn());
        finish.setString(5, landing.word());
        finish.setString(6, storable(landing.verdict().error()));
        finish.setString(7, landing.endStatus());
        finish.setLong(8, Micros.of(wait));
        setLong(finish, 9, hold == null ? null : Micros.of(hold));
        finish.setBoolean(10, landing.verdict().counts());
        finish.setArray(
                11,
                finish.getConnection()
                        .createArrayOf(
                                "integer",
                                landing.verdict().missing(flight.places()).toArray()));
        finish.setString(12, storable(landing.verdict().after().failed()));
        finish.setBoolean(13, landing.verdict().after().cancelled());
        finish.setBoolean(14, landing.reached());
        finish.setString(15, storable(landing.outcome().noConnection()));
    }

    private static void setLong(PreparedStatement statement, int index, @Nullable Long value) throws SQLException {
        if (value == null) {
            statement.setNull(index, Types.BIGINT);
        } else {
            statement.setLong(index, value);
        }
    }

    private static void bindResults(Connection connection, PreparedStatement finish, Landing landing)
            throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (int i = 0; i < landing.verdict().ids().size(); i++) {
            @Nullable
            Object[] row = row(
                    landing.flight().places().get(i), landing.verdict().ids().get(i));
            if (row.length > 0) {
                rows.add(row);
            }
        }
        String[] types = {"integer", "text", "text", "integer", "text", "text", "bytea"};
        for (int column = 0; column < types.length; column++) {
            int index = column;
            Object[] values = types[column].equals("bytea") ? new byte[rows.size()][] : new Object[rows.size()];
            for (int row = 0; row < values.length; row++) {
                values[row] = rows.get(row)[index];
            }
            finish.setArray(16 + column, connection.createArrayOf(types[column], values));
        }
    }

    /** Place, status, error, HTTP status, form, content type and data; nothing of an id that is to be asked for again. */
    private static @Nullable Object[] row(int place, IdOutcome outcome) {
        if (outcome instanceof IdOutcome.Fetched fetched) {
            Data data = fetched.data();
            return new @Nullable Object[] {
                place,
                "completed",
                null,
                null,
                data.form().name(),
                storable(data.contentType()),
                data.text().getBytes(StandardCharsets.UTF_8)
            };
        }
        if (outcome instanceof IdOutcome.Failed failed) {
            return new @Nullable Object[] {
                place, "failed", storable(failed.reason()), failed.httpStatus(), null, null, null
            };
        }
        return outcome instanceof IdOutcome.Cancelled
                ? new @Nullable Object[] {place, "cancelled", null, null, null, null, null}
                : new Object[0];
    }

    /** A text column holds every character but one. */
    private static @Nullable String storable(@Nullable String text) {
        return text == null ? null : text.replace('\0', '\uFFFD');
    }
}
