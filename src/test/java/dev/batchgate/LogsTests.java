package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a process of its own logs while an upstream misbehaves in every way, at the levels that an operator would use. */
class LogsTests {

    /** In whatever must not be found in a log. */
    private static final String SECRET = "s3cr3t";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final FakeUpstream upstream = new FakeUpstream(LogsTests::misbehave);
    private StartedService service;

    @BeforeEach
    void start() {
        List<String> command = List.of(
                StartedService.java(),
                StartedService.QUICK_TO_START,
                // As the jar says: else a JVM of 24 and later warns of SQLite, in a line that is no JSON.
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                BatchgateApplication.class.getName());
        service = StartedService.start(
                        command,
                        folder,
                        Map.of(
                                "BATCHGATE_INTERVAL", "20ms",
                                "BATCHGATE_STORE_PATH", folder.resolve("data").toString(),
                                "BATCHGATE_UPSTREAM_URL", upstream.url("/" + SECRET + "/{id}?key=" + SECRET),
                                "BATCHGATE_UPSTREAM_HEADERS_AUTHORIZATION", "Bearer " + SECRET,
                                "BATCHGATE_UPSTREAM_TIMEOUT", "500ms",
                                "BATCHGATE_UPSTREAM_BACKOFF", "10ms",
                                "BATCHGATE_UPSTREAM_MAX_ATTEMPTS", "2",
                                "LOGGING_STRUCTURED_FORMAT_CONSOLE", "ecs",
                                "LOGGING_LEVEL_DEV_BATCHGATE", "DEBUG"))
                .awaitReady();
    }

    @AfterEach
    void stop() throws Exception {
        service.close();
        upstream.close();
    }

    private static boolean misbehave(FakeUpstream.Arrival arrival, Socket connection) throws Exception {
        String id = arrival.path().replaceAll(".*/|[?].*", "");
        return switch (id) {
            case "1" -> FakeUpstream.respond(connection, 200, "{\"data\":\"" + SECRET + "\"}");
            case "2" -> FakeUpstream.respond(connection, 404, SECRET, "X-Why: " + SECRET);
            case "3" -> FakeUpstream.respond(connection, 503, SECRET, "Retry-After: 0");
            case "4" -> FakeUpstream.respond(connection, 302, "", "Location: /elsewhere/" + SECRET + "/1");
            case "5" -> FakeUpstream.respond(connection, 302, "", "Location: http://" + SECRET + ".invalid/");
            case "6" -> FakeUpstream.respond(connection, 200, "{\"" + SECRET, "Content-Type: application/json");
            case "7" -> {
                FakeUpstream.write(connection, SECRET + "\r\n\r\n");
                yield false;
            }
            case "8" -> {
                FakeUpstream.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + SECRET);
                yield false;
            }
            case "9" -> true;
            default -> false;
        };
    }

    @Test
    void linesAboutBatchesAreJsonThatNamesThemAndNoneHoldsASecret() {
        Http http = service.http();
        String id = http.ingest(
                        "{\"ids\":[1,2,3,4,5,6,7,8,9,10],\"" + SECRET + "\":\"" + SECRET + "\"}",
                        "Idempotency-Key",
                        SECRET)
                .json()
                .get("ingestion_id")
                .asString();
        assertThat(http.ingest("{\"ids\":[2]}", "Idempotency-Key", SECRET).status())
                .isEqualTo(422);
        assertThat(http.ingest("{\"ids\":\"" + SECRET + "\"}").status()).isEqualTo(400);
        assertThat(http.ingest("{\"ids\":[1],\"priority\":\"" + SECRET + "\"}").status())
                .isEqualTo(400);
        assertThat(http.ingest("{" + SECRET).status()).isEqualTo(400);
        assertThat(http.get("/status/" + SECRET).status()).isEqualTo(404);
        await().atMost(PATIENCE)
                .until(() -> http.get("/status/" + id)
                        .json()
                        .get("status")
                        .asString()
                        .equals("failed"));
        assertThat(service.terminate()).isZero();

        assertThat(service.log()).doesNotContain(SECRET);
        List<JsonNode> lines = service.log()
                .lines()
                .map(line -> new JsonMapper().readTree(line))
                .toList();
        requireAbout(lines, id + "-1", "starts");
        requireAbout(lines, id + "-1", "is tried again");
        requireAbout(lines, id + "-1", "failed");
    }

    private static void requireAbout(List<JsonNode> lines, String batch, String what) {
        assertThat(lines)
                .as("a line with the fields of batch %s that says that it %s", batch, what)
                .anySatisfy(line -> {
                    assertThat(line.get("message").asString()).contains(what);
                    assertThat(line.get("batch_id").asString()).isEqualTo(batch);
                    assertThat(batch).startsWith(line.get("ingestion_id").asString());
                });
    }
}
