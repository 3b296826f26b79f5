package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The store of a real service, copied: row by row as it was, and standing as that service says when it goes on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServedStoreTests {

    private static final List<String> RANKS = List.of("HIGH", "MEDIUM", "LOW");

    private final Target target = Target.create();
    private List<String> ingestions;
    private ServedStore.GoneOnWith expected;
    private Path store;
    private long killedAt;

    @BeforeAll
    void copyIt(@TempDir Path folder) throws Exception {
        ServedStore served = new ServedStore(folder);
        ingestions = served.write();
        store = served.store();
        killedAt = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
        source("UPDATE ingestion SET expired = 1 WHERE id = x'%s'".formatted(hex(ingestions.get(3))));
        source(
                "DELETE FROM result WHERE ingestion = (SELECT sequence FROM ingestion WHERE expired = 1) AND position = 0");
        expected = served.goOn(ingestions);
        target.take(store);
    }

    private static String hex(String uuid) {
        return uuid.replace("-", "");
    }

    private void source(String change) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store.resolve("batchgate.db"));
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(change)).isPositive();
        }
    }

    private List<Map<String, Object>> sourceRows(String query) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store.resolve("batchgate.db"))) {
            return MadeStore.rows(connection, query);
        }
    }

    private void assertSameRows(String sourceQuery, String targetQuery) throws Exception {
        List<Map<String, Object>> rows = sourceRows(sourceQuery);
        assertThat(rows).isNotEmpty();
        assertThat(target.rows(targetQuery)).isEqualTo(rows);
    }

    @Test
    void runsAndOrdersAreCopiedAsTheyAre() throws Exception {
        assertSameRows(
                "SELECT * FROM run ORDER BY run",
                "SELECT run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results, fair_share, aging_micros"
                        + " FROM run ORDER BY run");
        assertThat(target.rows("SELECT DISTINCT replica FROM run").get(0)).containsEntry("replica", null);
        assertSameRows("SELECT * FROM control ORDER BY control", "SELECT * FROM control ORDER BY control");
        assertThat(target.rows("SELECT DISTINCT kind FROM control")).hasSize(4);
    }

    @Test
    void ingestionsAreCopiedAsTheyAre() throws Exception {
        String columns =
                "sequence, %s AS id, priority, created_at, batch_size, id_bytes, ids, idempotency_key, expired";
        assertSameRows(
                "SELECT %s FROM ingestion ORDER BY sequence".formatted(columns.formatted("lower(hex(id))")),
                "SELECT %s FROM ingestion ORDER BY sequence"
                        .formatted(columns.formatted("replace(id::text, '-', '')")));
        assertThat(target.rows("SELECT DISTINCT id_bytes FROM ingestion")).hasSize(2);
        assertThat(target.rows("SELECT idempotency_key FROM ingestion WHERE idempotency_key IS NOT NULL"))
                .isEqualTo(List.of(Map.of("idempotency_key", "a key")));
    }

    /** Whoever follows dispatches goes on with the copy after what the original has told. */
    @Test
    void changesGoOnWhereTheyWere() throws Exception {
        assertSameRows(
                "SELECT slot, change FROM dispatch WHERE outcome IS NOT NULL ORDER BY slot",
                "SELECT slot, change FROM dispatch WHERE outcome <> 'unknown' ORDER BY slot");
        long told = ((Number) sourceRows("SELECT last FROM change").get(0).get("last")).longValue();
        Map<String, Object> copy = target.rows(
                        "SELECT min(change) FILTER (WHERE outcome = 'unknown') AS lost, max(change) AS greatest,"
                                + " (SELECT last_value - 1 FROM change) AS last FROM dispatch")
                .get(0);
        assertThat(((Number) copy.get("lost")).longValue()).isEqualTo(told + 1);
        assertThat(((Number) copy.get("last")).longValue())
                .isGreaterThanOrEqualTo(((Number) copy.get("greatest")).longValue());
    }

    /** Those that were in flight at the kill apart, of which one has ended with it. */
    @Test
    void dispatchesAreCopiedAsTheyAre() throws Exception {
        String columns = """
            slot, run, started_at, started_ticks, accepted, ingestion, priority, batch, batches, attempt, outcome, reason,
            departed_ticks, ended_at, ended_ticks, batch_status, batch_end_at, retry_at, retry_ticks, retried, hold_until,
            hold_ticks, hold_micros""";
        assertSameRows(
                "SELECT %s FROM dispatch WHERE outcome IS NOT NULL AND hold_until IS NULL ORDER BY slot"
                        .formatted(columns),
                "SELECT %s FROM dispatch WHERE outcome <> 'unknown' AND hold_until IS NULL ORDER BY slot"
                        .formatted(columns));
        assertSameRows(
                "SELECT slot, hold_until FROM dispatch WHERE outcome IS NULL OR hold_until IS NOT NULL",
                "SELECT slot, hold_until FROM dispatch WHERE outcome = 'unknown' OR hold_until IS NOT NULL ORDER BY slot");
        assertThat(target.rows("SELECT batch_status FROM dispatch WHERE outcome = 'unknown' ORDER BY slot").stream()
                        .map(row -> String.valueOf(row.get("batch_status"))))
                .containsExactly("null", "cancelled");
    }

    @Test
    void resultsAreCopiedAsTheyAre() throws Exception {
        String columns = "ingestion, position, status, error, http_status, form, content_type";
        assertSameRows(
                "SELECT %s, lower(hex(CAST(data AS BLOB))) AS data FROM result ORDER BY ingestion, position"
                        .formatted(columns),
                """
                SELECT %s, coalesce(encode(data, 'hex'), '') AS data FROM result r
                WHERE NOT (status = 'cancelled' AND EXISTS
                  (SELECT 1 FROM dispatch d WHERE d.ingestion = r.ingestion AND outcome = 'unknown'
                     AND batch_status = 'cancelled' AND d.batch = r.position / 3))
                ORDER BY ingestion, position""".formatted(columns));
        assertThat(target.rows("SELECT DISTINCT form FROM result WHERE form IS NOT NULL"))
                .hasSize(3);
        assertThat(target.rows("SELECT 1 FROM result WHERE position('\uD83D\uDE00'::bytea IN data) > 0"))
                .isNotEmpty();
    }

    @Test
    void everyBatchStandsAsTheServiceSaysThatGoesOnWithIt() {
        int compared = 0;
        for (JsonNode status : expected.statuses()) {
            if (!status.has("batches")) {
                continue;
            }
            String id = status.get("ingestion_id").asString();
            List<Map<String, Object>> copied = new ArrayList<>(target.rows("""
                SELECT b.status, b.attempts, b.started_at, b.finished_at, b.error, b.next_attempt_at, b.unknown_outcomes
                FROM batch b JOIN ingestion i ON i.sequence = b.ingestion WHERE i.id = '%s' ORDER BY b.batch""".formatted(id)));
            Map<String, Object> ingestion =
                    target.row("SELECT rank, cancelled_at, finished_at FROM ingestion WHERE id = '%s'".formatted(id));
            assertThat(RANKS.get(((Long) ingestion.get("rank")).intValue()))
                    .isEqualTo(status.get("priority").asString());
            List<Map<String, Object>> told = new ArrayList<>();
            boolean open = false;
            for (JsonNode batch : status.get("batches")) {
                open |= !batch.has("finished_at");
                if (batch.get("attempts").asInt() > 0) {
                    told.add(told(batch));
                } else {
                    assertThat(batch.get("status").asString().equals("cancelled"))
                            .isEqualTo(ingestion.get("cancelled_at") != null);
                }
            }
            copied.forEach(row -> row.replaceAll((name, value) -> name.endsWith("_at") ? moment((Long) value) : value));
            assertThat(copied).as(status.toString()).isEqualTo(told);
            assertThat(ingestion.get("finished_at") == null)
                    .as(status.toString())
                    .isEqualTo(open);
            compared += told.size();
        }
        assertThat(compared)
                .isEqualTo(target.rows("SELECT 1 FROM batch").size() - 1)
                .isGreaterThan(15);
    }

    private Map<String, Object> told(JsonNode batch) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("status", batch.get("status").asString());
        told.put("attempts", batch.get("attempts").asLong());
        for (String moment : List.of("started_at", "finished_at", "error", "next_attempt_at")) {
            JsonNode value = batch.get(moment);
            told.put(moment, value == null ? null : value.asString());
        }
        told.replaceAll((name, value) ->
                name.endsWith("_at") && value != null ? moment(ServedStore.micros((String) value)) : value);
        told.put(
                "unknown_outcomes",
                batch.has("unknown_outcomes") ? batch.get("unknown_outcomes").asLong() : 0L);
        return told;
    }

    /** What both of them did at once, they did at different moments. */
    private Object moment(Long micros) {
        return micros != null && micros > killedAt ? "then" : micros;
    }

    @Test
    void asMuchWaitsAsTheServiceSaysThatGoesOnWithIt() {
        JsonNode queue = expected.queue();
        Map<String, Object> gate = target.row("SELECT * FROM gate, acceptance");
        for (int rank = 0; rank < RANKS.size(); rank++) {
            JsonNode waiting = queue.get("waiting").get(RANKS.get(rank));
            assertThat(((List<?>) gate.get("retrying")).get(rank))
                    .as(queue.toString())
                    .isEqualTo(waiting.get("retrying").asLong());
            assertThat(((List<?>) gate.get("batches")).get(rank))
                    .isEqualTo(waiting.get("batches").asLong());
            assertThat(target.row(
                            "SELECT coalesce(sum(batches - next), 0)::bigint AS n FROM line WHERE rank = " + rank))
                    .containsEntry("n", waiting.get("batches").asLong());
        }
        assertThat(gate)
                .containsEntry("paused", queue.get("paused").asBoolean())
                .containsEntry("paused", true);
        assertThat((Long) gate.get("closed_until"))
                .isCloseTo(ServedStore.micros(queue.get("closed_until").asString()), Offset.offset(1_000L));
        assertThat(String.valueOf(queue.get("waiting")).toLowerCase(Locale.ROOT))
                .contains("retrying");
    }
}
