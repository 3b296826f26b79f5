package dev.batchgate.access;

import static dev.batchgate.access.TestKeys.ACME;
import static dev.batchgate.access.TestKeys.ADMIN;
import static dev.batchgate.access.TestKeys.LIMITED;
import static dev.batchgate.access.TestKeys.OTHER;
import static dev.batchgate.access.TestKeys.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Who may do what, once there are keys. */
@Guarded
@ExtendWith(OutputCaptureExtension.class)
class AccessTests {

    private static final String NOBODYS = "00000000-0000-7000-8000-000000000000";

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    private String submit(String key, String body) {
        Http.Answer answer = http.ingest(body, with(key));
        assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
        return answer.json().get("ingestion_id").asString();
    }

    private static void assertProblem(Http.Answer answer, int status, String challenge) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("WWW-Authenticate")).startsWith(challenge);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        assertThat(problem.get("error")).isEqualTo(problem.get("detail"));
        assertThat(problem.propertyNames()).contains("type", "title");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /queue",
        "GET, /status/" + NOBODYS,
        "GET, /results/" + NOBODYS,
        "GET, /ingestions",
        "GET, /queue/events",
        "POST, /queue/pause",
        "POST, /queue/forecast",
        "POST, /ingest",
        "DELETE, /ingest/" + NOBODYS,
        "OPTIONS, /ingest",
        "GET, /v3/api-docs",
        "GET, /webjars/uplot/package.json",
        "GET, /dashboard/main.js",
        "GET, /actuator",
        "GET, /actuator/health",
        "GET, /actuator/prometheus",
        "GET, /error",
        "GET, /nothing/here",
        "PUT, /",
        "POST, /logout",
        "MIRACLE, /queue",
    })
    void withoutAKeyNothingIsThere(String method, String path) {
        assertProblem(http.send(method, path, ""), 401, "Bearer");
        assertProblem(http.send(method, path, "", with("no key at all")), 401, "Bearer error=\"invalid_token\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Bearer", "Bearer ", "Basic b3BzOm9wcw==", "Bearer the key of an admin and more", "", "the key"})
    void whatIsNoKeyOpensNothing(String authorization) {
        assertThat(http.get("/queue", "Authorization", authorization).status()).isEqualTo(401);
    }

    @Test
    void twoKeysAreNone() {
        Http.Answer answer = http.get("/queue", "Authorization", "Bearer " + ADMIN, "Authorization", "Bearer " + ADMIN);

        assertThat(answer.status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/actuator/health/liveness", "/actuator/health/readiness"})
    void aPlatformAsksHowItIsWithoutAKey(String probe) {
        assertThat(http.get(probe).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /queue, 200, 200",
        "GET, /ingestions, 200, 200",
        "GET, /v3/api-docs, 200, 200",
        "GET, /swagger-ui/index.html, 200, 200",
        "POST, /queue/resume, 403, 200",
        "POST, /queue, 403, 405",
        "GET, /, 403, 200",
        "GET, /dashboard/main.js, 403, 200",
        "GET, /actuator/health, 403, 200",
        "GET, /webjars/uplot/1.6.30/package.json, 403, 404",
        "GET, /error, 403, 404",
        "GET, /nothing/here, 403, 404",
    })
    void submittersMayLessThanAdmins(String method, String path, int submitter, int admin) {
        Http.Answer submitters = http.send(method, path, "", with(ACME));
        assertThat(submitters.status()).isEqualTo(submitter);
        if (submitter == 403) {
            assertProblem(submitters, 403, "Bearer error=\"insufficient_scope\"");
        }
        assertThat(http.send(method, path, "", with(ADMIN)).status()).isEqualTo(admin);
    }

    @Test
    void submittersDoNotFollowTheQueueNorPauseIt() {
        assertProblem(http.get("/queue/events", with(ACME)), 403, "Bearer");
        assertProblem(http.get("/actuator/prometheus", with(ACME)), 403, "Bearer");
        assertThat(http.send("HEAD", "/queue/events", "", with(ACME)).status()).isEqualTo(403);
        assertProblem(http.send("POST", "/queue/pause", "", with(ACME)), 403, "Bearer");
        assertThat(http.get("/queue", with(ACME)).json().get("paused").asBoolean())
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//queue/pause",
                "/queue//pause",
                "/queue%2Fpause",
                "/queue%2fpause",
                "/queue/%70ause",
                "/%71ueue/pause",
                "/queue;x=/pause",
                "/queue/pause;x=",
                "/queue/pause/",
                "/queue/pause/.",
                "/queue/./pause",
                "/ingest/../queue/pause",
                "/ingest/%2e%2e/queue/pause",
                "/queue/pause%20",
                "/queue/pause%09",
                "/queue/pause%0A",
                "/queue/pause%3B",
                "/queue/pause%25",
                "/queue/pause.json",
                "/QUEUE/pause",
                "/queue/pause?x=/ingest",
                "/queue%5Cpause",
            })
    void noWayOfWritingAPathGetsAround(String path) {
        for (String[] key : List.of(with(ACME), new String[] {"Accept", "*/*"})) {
            Http.Answer answer = http.send("POST", path, "", key);
            assertThat(answer.status()).as(path).isIn(400, 401, 403);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().has("error")).isTrue();
        }
        assertThat(http.get("/queue", with(ADMIN)).json().get("paused").asBoolean())
                .isFalse();
    }

    @Test
    void anothersIngestionIsAsUnknownAsOneThatThereIsNot() {
        String id = submit(ACME, "{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        for (String call : List.of(
                "GET /status/%s",
                "GET /status/%s/events",
                "GET /results/%s",
                "DELETE /ingest/%s",
                "PATCH /ingest/%s",
                "POST /ingest/%s/retry")) {
            String[] parts = call.split(" ", 2);
            String body = parts[0].equals("PATCH") ? "{\"priority\":\"HIGH\"}" : "";
            String[] headers = with(OTHER, "Content-Type", "application/json", "Prefer", "wait=1");
            Http.Answer anothers = http.send(parts[0], parts[1].formatted(id), body, headers);
            Http.Answer nobodys = http.send(parts[0], parts[1].formatted(NOBODYS), body, headers);

            assertThat(anothers.status()).as(call).isEqualTo(404);
            assertThat(anothers.response().body().replace(id, NOBODYS))
                    .isEqualTo(nobodys.response().body());
            assertThat(anothers.response().headers().map().keySet())
                    .isEqualTo(nobodys.response().headers().map().keySet());
        }
        JsonNode own = http.get("/status/" + id, with(ACME)).json();
        assertThat(own.get("priority").asString()).isEqualTo("LOW");
        assertThat(own.get("status").asString()).isNotEqualTo("cancelled");
        assertThat(http.get("/status/" + id, with(ADMIN)).status()).isEqualTo(200);
        assertThat(http.send("DELETE", "/ingest/" + id, "", with(ADMIN)).status())
                .isEqualTo(200);
    }

    @Test
    void theOwnIngestionIsWaitedForFollowedAndOrdered() {
        String id = submit(ACME, "{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        Http.Answer waited = http.get("/status/" + id, with(ACME, "Prefer", "wait=1"));
        assertThat(waited.status()).isEqualTo(200);
        assertThat(http.get("/results/" + id, with(ACME)).status()).isEqualTo(200);
        assertThat(http.send("DELETE", "/ingest/" + id, "", with(ACME)).status())
                .isEqualTo(200);
        assertThat(http.get("/status/" + id + "/events", with(ACME)).response().body())
                .contains("event: status", id);
    }

    @Test
    void onlyTheOwnIngestionsAreListedAndAPageBeginsAtNoOthers() {
        String first = submit(ACME, "{\"ids\":[1]}");
        String others = submit(OTHER, "{\"ids\":[1]}");
        String second = submit(ACME, "{\"ids\":[1]}");

        assertThat(listed("?limit=2", ACME)).containsExactly(second, first);
        assertThat(listed("?limit=1&before=" + second, ACME)).containsExactly(first);
        assertThat(listed("?limit=100", OTHER)).contains(others).doesNotContain(first, second);
        assertThat(listed("?limit=3", ADMIN)).containsExactly(second, others, first);
        Http.Answer anothers = http.get("/ingestions?before=" + others, with(ACME));
        Http.Answer nobodys = http.get("/ingestions?before=" + NOBODYS, with(ACME));
        assertThat(anothers.status()).isEqualTo(400);
        assertThat(anothers.response().body()).isEqualTo(nobodys.response().body());
    }

    private List<String> listed(String query, String key) {
        return http.get("/ingestions" + query, with(key))
                .json()
                .get("ingestions")
                .valueStream()
                .map(one -> one.get("ingestion_id").asString())
                .toList();
    }

    @Test
    void whomASubmissionWouldPushBackIsNamedToItsOwnerAlone() {
        String own = submit(ACME, "{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");
        String others = submit(OTHER, "{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        assertThat(pushedBack(ACME)).contains(own).doesNotContain(others);
        assertThat(pushedBack(ADMIN)).contains(own, others);
        http.send("DELETE", "/ingest/" + own, "", with(ACME));
        http.send("DELETE", "/ingest/" + others, "", with(OTHER));
    }

    private List<String> pushedBack(String key) {
        return http.send(
                        "POST",
                        "/queue/forecast",
                        "{\"ids\":[1],\"priority\":\"HIGH\"}",
                        with(key, "Content-Type", "application/json"))
                .json()
                .get("pushes_back")
                .get("ingestions")
                .valueStream()
                .map(one -> one.get("ingestion_id").asString())
                .toList();
    }

    @Test
    void theSameIdempotencyKeyOfAnotherIsAnother() {
        Http.Answer own = http.ingest("{\"ids\":[1]}", with(ACME, "Idempotency-Key", "k"));
        Http.Answer others = http.ingest("{\"ids\":[2]}", with(OTHER, "Idempotency-Key", "k"));
        Http.Answer again = http.ingest("{\"ids\":[1]}", with(ACME, "Idempotency-Key", "k"));

        assertThat(others.status()).isEqualTo(200);
        assertThat(again.response().body())
                .isEqualTo(own.response().body())
                .isNotEqualTo(others.response().body());
    }

    @Test
    void whatIsLeftOfAQuotaIsSaidAndWhatIsMoreIsRefused() {
        Http.Answer accepted = http.ingest("{\"ids\":[1,2,3,4]}", with(LIMITED, "Idempotency-Key", "first"));
        assertThat(accepted.header("RateLimit-Policy")).isEqualTo("\"ids\";q=10;w=60, \"backlog\";q=3");
        assertThat(accepted.header("RateLimit")).matches("\"ids\";r=6;t=2[34], \"backlog\";r=1");

        Http.Answer refused = http.ingest("{\"ids\":[1,2,3,4,5,6,7]}", with(LIMITED));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
        assertThat(refused.header("RateLimit-Policy")).isEqualTo("\"ids\";q=10;w=60, \"backlog\";q=3");
        assertThat(refused.header("RateLimit")).contains("\"ids\";r=", "\"backlog\";r=");
        assertThat(refused.json().get("error")).isEqualTo(refused.json().get("detail"));

        Http.Answer never = http.ingest("{\"ids\":[1,2,3,4,5,6,7,8,9,10,11]}", with(LIMITED));
        assertThat(never.status()).isEqualTo(400);
        assertThat(never.json().at("/errors/0/pointer").asString()).isEqualTo("/ids");
        assertThat(never.header("Retry-After")).isEmpty();

        Http.Answer again = http.ingest("{\"ids\":[1,2,3,4]}", with(LIMITED, "Idempotency-Key", "first"));
        assertThat(again.response().body()).isEqualTo(accepted.response().body());
        assertThat(http.ingest("{\"ids\":[1]}", with(ACME)).header("RateLimit")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"Origin | http://evil.example", "Origin | null", "Sec-Fetch-Site | cross-site"})
    void aPageOfAnotherSiteOrdersNothingEvenWithAKey(String field, String value) {
        Http.Answer answer = http.send("POST", "/queue/pause", "", with(ADMIN, field, value));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("error").asString()).contains("another site");
    }

    @Test
    void aFieldOfAnyContentIsNoDefect() throws IOException {
        String head = "POST /ingest HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
                + "Content-Type: application/json\r\nContent-Length: 11\r\nIdempotency-Key: a\u0085b\r\n\r\n{\"ids\":[1]}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(head.formatted(ACME).getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("The Idempotency-Key must have");
        }
        assertThat(http.get("/queue?%01=%02", with(ACME)).status()).isEqualTo(200);
    }

    @Test
    void theDescriptionSaysThatAKeyIsNeeded() {
        JsonNode description = http.get("/v3/api-docs", with(ACME)).json();

        assertThat(description.at("/components/securitySchemes/key/scheme").asString())
                .isEqualTo("bearer");
        assertThat(description.at("/security/0").has("key")).isTrue();
        assertThat(description.at("/paths/~1ingest/post/responses").propertyNames())
                .contains("401", "403");
    }

    @Test
    void theFirstRequestOfTheProcessItselfIsLetInOnce(@Autowired OwnKey own) {
        assertThat(own.isUsed()).isTrue();
        String authorization = own.authorization();
        String pass = authorization.substring("Bearer ".length());

        assertThat(http.get("/ingestions", "Authorization", authorization).status())
                .isEqualTo(200);
        assertThat(http.get("/ingestions", "Authorization", authorization).status())
                .isEqualTo(401);
        assertThat(own.use(pass)).isEmpty();
    }

    @Test
    void noKeyIsEverLogged(@Autowired LoggingSystem logging, CapturedOutput output) {
        logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.DEBUG);
        try {
            http.get("/queue", with(ADMIN));
            http.get("/queue", with("some wrong key"));
            http.ingest("{\"ids\":[1]}", with(ACME));
            http.send("POST", "/login", "key=" + ADMIN.replace(' ', '+'));
            http.send("POST", "/queue/pause", "", with(ACME));
        } finally {
            logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
        }
        assertThat(output.toString())
                .contains("DEBUG")
                .contains("/queue")
                .doesNotContain(ADMIN, ACME, ADMIN.replace(' ', '+'), "some wrong key")
                .doesNotContain("session=");
    }
}
