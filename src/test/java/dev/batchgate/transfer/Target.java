package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A database of its own to copy into, and what is in it afterwards. */
record Target(DatabaseUrl url, String schema) {

    static Target create() {
        return new Target(TestPostgres.newDatabase(), "batchgate");
    }

    /** What the command exited with and printed. */
    record Answer(int exit, String printed) {}

    Answer copy(Path folder) {
        return run(List.of("--from", folder.toString(), "--to", TestPostgres.variable(url)));
    }

    static Answer run(List<String> arguments) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = CopyStore.run(arguments, new PrintStream(printed, true, StandardCharsets.UTF_8));
        return new Answer(exit, printed.toString(StandardCharsets.UTF_8));
    }

    /** Fails unless it is copied. */
    void take(Path folder) {
        Answer answer = copy(folder);
        assertThat(answer.exit()).as(answer.printed()).isZero();
    }

    void sql(String statements) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(statements);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    List<Map<String, Object>> rows(String query) {
        try (Connection connection = connect()) {
            return MadeStore.rows(connection, query);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    Map<String, Object> row(String query) {
        List<Map<String, Object>> rows = rows(query);
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    Connection connect() throws SQLException {
        Connection connection = url.connect();
        connection.setSchema(schema);
        return connection;
    }

    /** When the copy began, wherever anything was dispatched before. */
    long copiedAt() {
        return (long) row("SELECT left_at FROM gate").get("left_at");
    }

    static long now() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
    }

    /** A row as {@link #rows} gives it. */
    static Map<String, Object> values(Object... namesAndValues) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            values.put(
                    (String) namesAndValues[i], value instanceof Integer number ? (Object) number.longValue() : value);
        }
        return values;
    }
}
