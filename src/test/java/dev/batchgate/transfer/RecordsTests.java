package dev.batchgate.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values that PostgreSQL holds otherwise than an embedded store, and those at the limits of what it holds. */
class RecordsTests {

    private final Target target = Target.create();
    private MadeStore store;

    @BeforeEach
    void makeStore(@TempDir Path folder) {
        store = MadeStore.in(folder);
        store.ingestion(1, "HIGH", 3, 9);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private void put(int position, String form, String hexData) {
        store.sql("""
            INSERT INTO result (ingestion, position, status, form, content_type, data)
            VALUES (1, %d, 'completed', '%s', 'text/' || char(0), CAST(x'%s' AS TEXT))""".formatted(position, form, hexData));
    }

    @Test
    void dataIsCopiedToTheByte() {
        List<String> texts = List.of(
                "a\0b",
                "\0",
                "",
                "\uD83D\uDE00 \u00e4",
                "{\"a\":\"\\u0000\"}",
                "x".repeat(400_000),
                "y".repeat(65_536));
        for (int i = 0; i < texts.size(); i++) {
            put(i, "TEXT", hex(texts.get(i)));
        }
        target.take(store.folder());

        List<Map<String, Object>> rows = target.rows("SELECT data, content_type FROM result ORDER BY position");
        assertThat(rows.stream().map(row -> row.get("data")))
                .isEqualTo(texts.stream().map(RecordsTests::hex).toList());
        assertThat(rows.get(0)).containsEntry("content_type", "text/\uFFFD");
    }

    @Test
    void whatIsNoTextIsCopiedAllTheSame() {
        put(0, "TEXT", "ff00fe");
        target.take(store.folder());

        assertThat(target.row("SELECT data FROM result")).containsEntry("data", "ff00fe");
    }

    @Test
    void textWithoutCharactersThatItCannotHold() {
        store.dispatch(1, 1, 0, "outcome, reason, ended_at, retry_at", "'incomplete', 'a' || char(0) || 'b', 1, 1");
        store.result(1, 0, "failed", "char(0) || '\uD83D\uDE00'");
        target.take(store.folder());

        assertThat(target.row("SELECT reason FROM dispatch")).containsEntry("reason", "a\uFFFDb");
        assertThat(target.row("SELECT error FROM result")).containsEntry("error", "\uFFFD\uD83D\uDE00");
        assertThat(target.row("SELECT error, failed FROM batch"))
                .isEqualTo(Map.of("error", "a\uFFFDb", "failed", "id 10: \uFFFD\uD83D\uDE00"));
    }

    @Test
    void numbersUpToTheGreatest() {
        store.sql("UPDATE ingestion SET sequence = 9223372036854775806, batch_size = 2147483647");
        store.sql("UPDATE ingestion SET created_at = -9223372036854775808");
        target.take(store.folder());

        assertThat(target.row("SELECT sequence, created_at, batch_size FROM ingestion"))
                .isEqualTo(Map.of(
                        "sequence", Long.MAX_VALUE - 1, "created_at", Long.MIN_VALUE, "batch_size", 2_147_483_647L));
        assertThat(target.row("SELECT ingestion, batches FROM line"))
                .isEqualTo(Map.of("ingestion", Long.MAX_VALUE - 1, "batches", 1L));
    }

    @Test
    void idsThatAreWideAndThoseThatAreMany() {
        store.sql("UPDATE ingestion SET id_bytes = 8, ids = x'000000012a05f2000000000000000007', batch_size = 1");
        store.sql("""
            INSERT INTO ingestion (sequence, id, priority, created_at, batch_size, id_bytes, ids)
            VALUES (2, x'000102030405060708090a0b0c0d0e0f', 'LOW', 5, 3, 4, zeroblob(4000000))""");
        store.dispatch(1, 1, 0, "", "");
        store.result(1, 0, "failed", "'gone'");
        store.dispatch(2, 2, 333_333, "", "");
        target.take(store.folder());

        assertThat(target.row("SELECT id::text, octet_length(ids) AS bytes FROM ingestion WHERE sequence = 2"))
                .isEqualTo(Map.of("id", "00010203-0405-0607-0809-0a0b0c0d0e0f", "bytes", 4_000_000L));
        assertThat(target.rows("SELECT failed, places FROM batch ORDER BY ingestion"))
                .extracting(row -> row.get("failed"), row -> row.get("places"))
                .containsExactly(tuple("id 5000000000: gone", List.of()), tuple(null, List.of(0)));
        assertThat(target.row("SELECT ingestion, next, batches FROM line WHERE ingestion = 1"))
                .isEqualTo(Map.of("ingestion", 1L, "next", 1L, "batches", 2L));
        assertThat(target.rows("SELECT 1 FROM line WHERE ingestion = 2")).isEmpty();
    }

    @Test
    void whatHasExpiredIsLeftToTheRetentionAsItIs() {
        store.sql("UPDATE ingestion SET expired = 1, finished_at = 4");
        store.ended(1, 1, 0, "failed", "'id 10: gone'");
        store.ended(2, 1, 1, "completed", "NULL");
        store.result(1, 4, "completed", "NULL");
        store.result(7, 4, "completed", "NULL");
        target.take(store.folder());

        assertThat(target.row("SELECT expired, finished_at FROM ingestion"))
                .isEqualTo(Map.of("expired", 1L, "finished_at", 4L));
        assertThat(target.rows("SELECT 1 FROM result")).hasSize(2);
        assertThat(target.rows("SELECT 1 FROM batch")).hasSize(2);
        assertThat(target.rows("SELECT 1 FROM line")).isEmpty();
    }

    @Test
    void aLedgerThatWasCutGoesOnWithItsNumbers() {
        store.sql("UPDATE ingestion SET sequence = 40, finished_at = 5, expired = 0");
        store.ended(70, 40, 2, "completed", "NULL");
        store.order(12, "resume", 60, "NULL", "NULL");
        target.take(store.folder());

        assertThat(target.row("SELECT slot, control, sequence FROM gate, acceptance"))
                .isEqualTo(Map.of("slot", 70L, "control", 12L, "sequence", 40L));
    }

    /** So that whoever takes turns goes on with them, and the proof knows by what slots were given. */
    @Test
    void whoseTurnItWasAndWhoWasLifted() {
        store.sql("""
            INSERT INTO run (run, started_at, started_ticks, boot, interval_nanos, max_in_flight, keeps_results, fair_share, aging_micros)
            VALUES (7, 0, 0, 'boot', 1, 1, 1, 1, 9000000000000), (8, 0, 0, 'boot', 1, 1, 1, 0, NULL)""");
        store.dispatch(1, 1, 0, "owner, created_at, turn", "'a key', 5, 2");
        store.dispatch(2, 1, 1, "", "");
        target.take(store.folder());

        assertThat(target.rows("SELECT fair_share, aging_micros FROM run WHERE run IN (7, 8) ORDER BY run"))
                .extracting(row -> row.get("fair_share"), row -> row.get("aging_micros"))
                .containsExactly(tuple(1L, 9_000_000_000_000L), tuple(0L, null));
        assertThat(target.rows("SELECT owner, created_at, turn FROM dispatch ORDER BY slot"))
                .extracting(row -> row.get("owner"), row -> row.get("created_at"), row -> row.get("turn"))
                .containsExactly(tuple("a key", 5L, 2L), tuple(null, null, null));
    }

    /** As they are: none is lost, none that has been made is made again, and an end by the kill is told, too. */
    @Test
    void whatIsToBeToldIsCopiedAsItStands() {
        store.sql(
                "UPDATE ingestion SET callback_url = 'https://Example.com/?t=1', finished_at = 5000 WHERE sequence = 1");
        store.sql(
                "UPDATE delivery SET attempts = 2, lease_until = 9000, last_status = 503, last_error = 'HTTP status 503'");
        store.ingestion(2, "LOW", 3, 3);
        store.sql("UPDATE ingestion SET callback_url = 'https://told.example/', finished_at = 5001 WHERE sequence = 2");
        store.sql(
                "UPDATE delivery SET state = 'delivered', next_attempt_at = NULL, ended_at = 5002 WHERE created_at = 5001");
        store.ingestion(3, "LOW", 3, 3);
        store.sql("UPDATE ingestion SET callback_url = 'https://withdrawn.example/' WHERE sequence = 3");
        store.dispatch(1, 3, 0, "", "");
        store.order(1, "cancel", 1, "3", "NULL");
        target.take(store.folder());

        assertThat(target.rows("""
                SELECT host, state, attempts, next_attempt_at, lease_until, last_status, ended_at, batches, cancelled
                FROM delivery ORDER BY created_at"""))
                .extracting(row -> new ArrayList<>(row.values()).toString())
                .containsExactly(
                        "[example.com, pending, 2, 5000, null, 503, null, 3, 3]",
                        "[told.example, delivered, 0, null, null, null, 5002, 1, 1]",
                        "[withdrawn.example, pending, 0, %d, null, null, null, 1, 1]".formatted(target.copiedAt()));
        assertThat(target.row("SELECT (SELECT min(created_at) FROM delivery WHERE id IS NOT NULL) AS first"))
                .containsEntry("first", 5000L);
    }
}
