package dev.batchgate.transfer;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.FakeUpstream;
import dev.batchgate.Http;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A store that a real service wrote, as it was at one moment in the middle of its work. */
final class ServedStore {

    private static final int NEVER_ANSWERED = 1_000_001;
    private static final int ANSWERED_WITH_A_PAUSE = 1_000_002;

    private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();
    private final Path folder;

    ServedStore(Path folder) {
        this.folder = folder;
    }

    /** What the last digit of an id says, if the id does not stand for something of its own. */
    private boolean answer(FakeUpstream.Arrival arrival, Socket connection) throws Exception {
        String id = arrival.path().substring(1);
        switch (Integer.parseInt(id)) {
            case NEVER_ANSWERED -> TimeUnit.MINUTES.sleep(1);
            case ANSWERED_WITH_A_PAUSE -> {
                return FakeUpstream.respond(connection, 429, "slowly", "Retry-After: 3000");
            }
            default -> {
                // As the digit says.
            }
        }
        return switch (id.charAt(id.length() - 1)) {
            case '6' -> FakeUpstream.respond(connection, 404, "no");
            case '7' ->
                refusedOnce.add(id)
                        ? FakeUpstream.respond(connection, 503, "not yet")
                        : FakeUpstream.respond(connection, 200, "{\"n\":7}", "Content-Type: application/json");
            case '8' -> FakeUpstream.respond(connection, 500, "never");
            case '9' -> FakeUpstream.respond(connection, 200, "a \uD83D\uDE00", "Content-Type: text/plain");
            case '5' -> FakeUpstream.respond(connection, 200, "\0\1", "Content-Type: image/x-\u00e4");
            case '4' -> FakeUpstream.respond(connection, 200, "");
            default ->
                FakeUpstream.respond(
                        connection, 200, "{\"text\":\"\\u0000 \uD83D\uDE00\"}", "Content-Type: application/json");
        };
    }

    private static ConfigurableApplicationContext start(Path folder, String... settings) {
        String[] all = new String[settings.length + 2];
        System.arraycopy(settings, 0, all, 0, settings.length);
        all[settings.length] = "--server.port=0";
        all[settings.length + 1] = "--batchgate.store.path=" + folder;
        return SpringApplication.run(BatchgateApplication.class, all);
    }

    private static Http http(ConfigurableApplicationContext service) {
        return new Http(((WebServerApplicationContext) service).getWebServer().getPort());
    }

    /**
     * Has a service write it, and leaves it in the folder {@code store} as a kill would; returns the ingestions.
     *
     * <p>Batches are in flight, one of them cancelled; wait for their first slot, for another one, and, since somebody
     * asked for it, for what failed; the upstream wants to be left alone, and the gate is paused.
     */
    List<String> write() throws IOException {
        FakeUpstream upstream = new FakeUpstream(this::answer);
        try (ConfigurableApplicationContext service = start(
                folder.resolve("served"),
                "--batchgate.interval=5ms",
                "--batchgate.max-in-flight=4",
                "--batchgate.limits.max-id=5000000000",
                "--batchgate.upstream.url=" + upstream.url("/{id}"),
                "--batchgate.upstream.timeout=60s",
                "--batchgate.upstream.max-attempts=2",
                "--batchgate.upstream.backoff=10ms",
                "--spring.lifecycle.timeout-per-shutdown-phase=100ms")) {
            List<String> ingestions = work(http(service));
            kill();
            upstream.close();
            return ingestions;
        }
    }

    private List<String> work(Http http) {
        String mixed = http.ingest("{\"ids\":[1,2,3,4,5,6,7,8,9,10],\"priority\":\"HIGH\"}", "Idempotency-Key", "a key")
                .json()
                .get("ingestion_id")
                .asString();
        String retried = http.submit("{\"ids\":[11,16,26,12,13,14,15,18],\"priority\":\"LOW\"}");
        String failed = http.submit("{\"ids\":[28,38,48,36,21],\"priority\":\"MEDIUM\"}");
        String old = http.submit("{\"ids\":[31,32],\"priority\":\"LOW\"}");
        List.of(mixed, retried, failed, old).forEach(id -> await(http, id, state -> ended(state)));
        String flying = http.submit("{\"ids\":[46,41,1000001,42,43,44,56,57,58],\"priority\":\"HIGH\"}");
        String withdrawn = http.submit("{\"ids\":[1000001,66,51,52,53,54,47,61],\"priority\":\"HIGH\"}");
        for (String id : List.of(flying, withdrawn)) {
            await(http, id, state -> count(state, "completed") + count(state, "failed") == 2);
        }
        http.send("DELETE", "/ingest/" + withdrawn, "");
        String held = http.submit("{\"ids\":[1000002,71,76],\"priority\":\"HIGH\"}");
        await(http, held, state -> state.get("batches").get(0).has("next_attempt_at"));
        http.send("POST", "/ingest/" + retried + "/retry", "");
        String waiting = http.submit("{\"ids\":[4000000000,81,82,83],\"priority\":\"MEDIUM\"}");
        String moved = http.submit("{\"ids\":[84,85],\"priority\":\"LOW\"}");
        http.send("PATCH", "/ingest/" + moved, "{\"priority\":\"HIGH\"}", "Content-Type", "application/json");
        String cancelled = http.submit("{\"ids\":[91,92,93,94],\"priority\":\"LOW\"}");
        http.send("DELETE", "/ingest/" + cancelled, "");
        http.send("POST", "/queue/pause", "");
        return List.of(mixed, retried, failed, old, flying, withdrawn, held, waiting, moved, cancelled);
    }

    private static void await(Http http, String id, Predicate<JsonNode> expected) {
        Awaitility.await().until(() -> expected.test(http.get("/status/" + id).json()));
    }

    private static boolean ended(JsonNode status) {
        return status.get("batches").valueStream().allMatch(batch -> batch.has("finished_at"));
    }

    private static long count(JsonNode state, String status) {
        return state.get("batches")
                .valueStream()
                .filter(batch -> batch.get("status").asString().equals(status))
                .count();
    }

    private void kill() throws IOException {
        Files.createDirectories(store());
        copy(folder.resolve("served"), store());
    }

    /** As it is in the middle of the work that is done on it. */
    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var source = DriverManager.getConnection("jdbc:sqlite:" + from.resolve("batchgate.db"));
                Statement statement = source.createStatement()) {
            statement.execute("VACUUM INTO '" + to.resolve("batchgate.db") + "'");
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    Path store() {
        return folder.resolve("store");
    }

    /** What a service says that goes on with it, but gets no slot for an hour. */
    record GoneOnWith(List<JsonNode> statuses, JsonNode queue) {}

    GoneOnWith goOn(List<String> ingestions) throws IOException {
        Path other = folder.resolve("other");
        copy(store(), other);
        try (ConfigurableApplicationContext service = start(other, "--batchgate.interval=1h")) {
            Http http = http(service);
            return new GoneOnWith(
                    ingestions.stream()
                            .map(id -> http.get("/status/" + id).json())
                            .toList(),
                    http.get("/queue").json());
        }
    }

    static long micros(String time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(time));
    }
}
