package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A store that no service wrote. */
abstract class HandMadeStore implements AutoCloseable {

    private final Connection connection;

    HandMadeStore(Connection connection) {
        this.connection = connection;
    }

    /** In a folder of its own. */
    static HandMadeStore empty() {
        HandMadeFolder store = HandMadeFolder.older();
        store.upgrade();
        return store;
    }

    /** In PostgreSQL. */
    static HandMadeStore shared() {
        return HandMadeDatabase.empty();
    }

    /** As the command line has it. */
    abstract String name();

    /** As a column of a table wants it. */
    Object value(String table, String column, Object value) {
        return value;
    }

    void migrate(String file) {
        try (InputStream statements = HandMadeStore.class.getResourceAsStream("/dev/batchgate/" + file)) {
            sql(new String(statements.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Returns how many rows were changed. */
    int sql(String statements) {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate(statements);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Only columns that have a value need be there. */
    void insert(String table, Map<String, Object> row) {
        String sql = "INSERT INTO %s (%s) VALUES (%s)"
                .formatted(
                        table,
                        String.join(", ", row.keySet()),
                        String.join(", ", Collections.nCopies(row.size(), "?")));
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            int place = 0;
            for (Map.Entry<String, Object> column : row.entrySet()) {
                insert.setObject(++place, value(table, column.getKey(), column.getValue()));
            }
            insert.executeUpdate();
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** What the proof prints; fails unless its exit code agrees with it. */
    String verify() {
        commit();
        return verify(name());
    }

    void commit() {
        try {
            connection.commit();
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    static String verify(String name) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(List.of("--store", name), new PrintStream(printed, true, StandardCharsets.UTF_8));
        String report = printed.toString(StandardCharsets.UTF_8);
        int expected = !report.contains("violations") ? 2 : report.contains("violations   0") ? 0 : 1;
        assertThat(exit).as(report).isEqualTo(expected);
        return report;
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }
}
