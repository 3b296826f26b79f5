package dev.batchgate.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An embedded store that no service wrote, with the tables that a service makes, filled by SQL. */
final class MadeStore implements AutoCloseable {

    private final Path folder;
    private final Connection connection;

    private MadeStore(Path folder, List<String> migrations) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batchgate.db"));
            sql("PRAGMA journal_mode = WAL");
            for (String migration : migrations) {
                sql(resource("/dev/batchgate/local/" + migration));
            }
        } catch (SQLException | IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static MadeStore in(Path folder) {
        return new MadeStore(
                folder,
                List.of(
                        "V1__journal.sql",
                        "V2__results_and_orders.sql",
                        "V3__changes.sql",
                        "V4__list.sql",
                        "V5__origins.sql",
                        "V6__quotas.sql",
                        "V7__webhooks.sql",
                        "V8__fairness.sql"));
    }

    /** As the version before this one left it. */
    static MadeStore older(Path folder) {
        return new MadeStore(folder, List.of("V1__journal.sql"));
    }

    private static String resource(String name) throws IOException {
        try (var file = MadeStore.class.getResourceAsStream(name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    void sql(String statements) {
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate(statements);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** With the sequence as its id, and the ids {@code 10 * sequence + place}. */
    void ingestion(long sequence, String priority, int batchSize, int ids) {
        StringBuilder packed = new StringBuilder();
        for (int place = 0; place < ids; place++) {
            packed.append("%08x".formatted(10 * sequence + place));
        }
        sql("""
            INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids)
            VALUES (%d, x'%032x', '%s', %d, %d, 4, x'%s')""".formatted(sequence, sequence, priority, 1_000 * sequence, batchSize, packed));
    }

    /** Columns that are not named are those of a dispatch that started at {@code 1000 * slot}. */
    void dispatch(long slot, long ingestion, int batch, String columns, String values) {
        sql("""
            INSERT INTO dispatch
              (slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt%s)
            VALUES (%d, 1, %d, %d, 9, %d, 'LOW', %d, 9, 1%s)""".formatted(
                        columns.isEmpty() ? "" : ", " + columns,
                        slot,
                        1_000 * slot,
                        slot,
                        ingestion,
                        batch,
                        values.isEmpty() ? "" : ", " + values));
    }

    /** A dispatch after which its batch has ended. */
    void ended(long slot, long ingestion, int batch, String status, String reason) {
        String outcome = status.equals("cancelled") ? "incomplete" : status;
        dispatch(
                slot,
                ingestion,
                batch,
                "outcome, batch_status, reason, ended_at, batch_end_at",
                "'%s', '%s', %s, %d, %d".formatted(outcome, status, reason, 1_000 * slot + 1, 1_000 * slot + 2));
    }

    void result(long ingestion, int position, String status, String error) {
        sql("INSERT INTO result (ingestion, position, status, error) VALUES (%d, %d, '%s', %s)"
                .formatted(ingestion, position, status, error));
    }

    void order(long control, String kind, long afterSlot, String ingestion, String priority) {
        sql("""
            INSERT INTO control (control, ordered_at, after_slot, accepted, kind, ingestion, priority, before)
            VALUES (%d, %d, %d, 9, '%s', %s, %s, NULL)""".formatted(control, 7_000 + control, afterSlot, kind, ingestion, priority));
    }

    Path folder() {
        return folder;
    }

    List<Map<String, Object>> rows(String query) {
        return rows(connection, query);
    }

    static List<Map<String, Object>> rows(Connection connection, String query) {
        try (Statement statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            List<Map<String, Object>> rows = new ArrayList<>();
            while (row.next()) {
                Map<String, Object> values = new LinkedHashMap<>();
                for (int column = 1; column <= row.getMetaData().getColumnCount(); column++) {
                    values.put(row.getMetaData().getColumnLabel(column), comparable(row.getObject(column)));
                }
                rows.add(values);
            }
            return rows;
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    /** Whatever the driver makes of a number or of bytes. */
    private static Object comparable(Object value) throws SQLException {
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        return value instanceof Array array ? List.of((Object[]) array.getArray()) : value;
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
