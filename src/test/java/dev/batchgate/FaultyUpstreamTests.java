package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Upstream;
import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole service against an HTTP server that misbehaves in every way it can, judged by that server's own log: which
 * ids were asked for again, under which key, in which order and how far apart.
 */
class FaultyUpstreamTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration INTERVAL = Duration.ofMillis(50);

    /**
     * One request may be noticed late, which makes it seem nearer to the next; a stretch of so many intervals cannot by
     * more than this. To the nanosecond, the spacing is what the ledger is checked for.
     */
    private static final int STRETCH = 5;

    private static final Duration NOISE = Duration.ofMillis(100);

    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private volatile FakeUpstream upstream;
    private ReturningUpstream way;
    private ConfigurableApplicationContext service;
    private Http http;

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        stopService();
        upstream.close();
    }

    private void stopService() {
        if (service != null) {
            service.close();
        }
    }

    private void start(String path, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(settings));
        arguments.addAll(List.of(
                "--server.port=0",
                "--batchgate.store.path=" + folder,
                "--batchgate.interval=" + INTERVAL,
                "--batchgate.upstream.url=" + upstream.url(path),
                "--batchgate.upstream.headers.Authorization=Bearer secret",
                "--batchgate.upstream.timeout=400ms",
                "--batchgate.upstream.backoff=100ms",
                "--batchgate.upstream.max-body=1KB"));
        SpringApplication application = new SpringApplication(BatchgateApplication.class);
        application.addInitializers(context -> context.getBeanFactory().addBeanPostProcessor(new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (!(bean instanceof Upstream found)) {
                    return bean;
                }
                way = new ReturningUpstream(found);
                return way;
            }
        }));
        service = application.run(arguments.toArray(String[]::new));
        http = new Http(((WebServerApplicationContext) service).getWebServer().getPort());
    }

    @FunctionalInterface
    private interface Answer {
        boolean give(Socket connection) throws Exception;
    }

    /** What becomes of an id: how often it is asked for, the answers, and the line of its result. */
    private record Case(int times, Answer first, Answer then, String result) {}

    private static final Answer FINE =
            connection -> FakeUpstream.respond(connection, 200, "{\n \"n\": 1.50 }", "Content-Type: application/json");
    private static final String FETCHED = "\"status\":\"completed\",\"data\":{  \"n\": 1.50 }";

    private static Answer status(int status, String... headers) {
        return connection -> FakeUpstream.respond(connection, status, "no", headers);
    }

    private static Case again(Answer first) {
        return new Case(2, first, FINE, FETCHED);
    }

    private static Case failed(int times, Answer always, String reason) {
        return new Case(times, always, always, "\"status\":\"failed\",\"error\":\"" + reason);
    }

    private static Answer raw(String answer) {
        return connection -> {
            FakeUpstream.write(connection, answer);
            return false;
        };
    }

    private static Answer typed(String type, String body) {
        return connection -> FakeUpstream.respond(connection, 200, body, "Content-Type: " + type);
    }

    private static boolean dribble(Socket connection) throws IOException, InterruptedException {
        FakeUpstream.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        try {
            for (int i = 0; i < 100; i++) {
                FakeUpstream.write(connection, " ");
                TimeUnit.MILLISECONDS.sleep(50);
            }
        } catch (SocketException gone) {
            // It was given up on.
        }
        return false;
    }

    private Map<Integer, Case> cases() {
        Map<Integer, Case> cases = new LinkedHashMap<>();
        cases.put(1, new Case(1, FINE, FINE, FETCHED));
        cases.put(2, failed(1, status(404), "the upstream answered with HTTP status 404\",\"http_status\":404}"));
        cases.put(3, again(status(503)));
        for (int retried : new int[] {408, 425, 429, 500, 502, 504, 599}) {
            cases.put(100 + retried, again(status(retried)));
        }
        for (int refused : new int[] {400, 401, 403, 405, 410, 418, 422}) {
            cases.put(100 + refused, failed(1, status(refused), "the upstream answered with HTTP status " + refused));
        }
        cases.put(4, failed(3, status(500), "the upstream answered with HTTP status 500; no attempts are left"));
        cases.put(5, again(connection -> {
            TimeUnit.SECONDS.sleep(2);
            return false;
        }));
        cases.put(6, again(FaultyUpstreamTests::dribble));
        cases.put(7, again(connection -> {
            connection.setSoLinger(true, 0);
            return false;
        }));
        cases.put(8, again(raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"n\"")));
        cases.put(9, again(raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"n\"")));
        cases.put(10, again(raw("no HTTP at all\r\n\r\n")));
        cases.put(11, again(raw("")));
        cases.put(12, failed(1, typed("text/plain", "x".repeat(1_025)), ""));
        String kilobyte = "x".repeat(1_024);
        cases.put(13, text(kilobyte));
        cases.put(14, new Case(1, status(302, "Location: /moved/14"), FINE, FETCHED));
        cases.put(15, failed(1, status(307, "Location: http://localhost:" + upstream.port() + "/moved/15"), ""));
        cases.put(16, text("a \"quoted\" text"));
        cases.put(
                17,
                new Case(
                        1,
                        typed("image/png", "PNG"),
                        FINE,
                        "\"status\":\"completed\",\"data\":\"UE5H\",\"encoding\":\"base64\",\"content_type\":\"image/png\"}"));
        cases.put(
                18,
                new Case(
                        1,
                        connection -> FakeUpstream.respond(connection, 204, ""),
                        FINE,
                        "\"status\":\"completed\",\"data\":null}"));
        return cases;
    }

    private static Case text(String text) {
        return new Case(
                1,
                typed("text/plain", text),
                FINE,
                "\"status\":\"completed\",\"data\":" + JSON.writeValueAsString(text)
                        + ",\"content_type\":\"text/plain\"}");
    }

    @Test
    void everyIdGoesItsOwnWayAndOnlyWhatIsMissingIsAskedForAgain() {
        Map<Integer, Case> cases = new LinkedHashMap<>();
        upstream = new FakeUpstream((arrival, connection) -> {
            if (arrival.path().startsWith("/moved/")) {
                return FINE.give(connection);
            }
            Case known = cases.get(id(arrival));
            return (asked.merge(arrival.path(), 1, Integer::sum) == 1 ? known.first() : known.then()).give(connection);
        });
        cases.putAll(cases());
        start("/items/{id}", "--batchgate.upstream.max-attempts=3");

        String ids = cases.keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
        String ingestion = http.submit("{\"ids\":[%s]}".formatted(ids));
        awaitEnd(ingestion);

        List<String> lines =
                http.get("/results/" + ingestion).response().body().lines().toList();
        int line = 0;
        for (Map.Entry<Integer, Case> each : cases.entrySet()) {
            assertThat(lines.get(line++))
                    .startsWith("{\"id\":%d,%s"
                            .formatted(each.getKey(), each.getValue().result()));
            assertThat(asked.get("/items/" + each.getKey()))
                    .as("times that %d was asked for", each.getKey())
                    .isEqualTo(each.getValue().times());
        }
        assertThat(lines).hasSameSizeAs(cases.keySet());
        requireKeysAndSpacing(ingestion);
        assertThat(JSON.readTree(http.get("/results/" + ingestion, "Accept", "application/json")
                        .response()
                        .body()))
                .hasSameSizeAs(cases.keySet());
    }

    /** Each request under the key of its batch, and the batches an interval apart, as the upstream saw it. */
    private void requireKeysAndSpacing(String ingestion) {
        Map<Integer, String> keys = new LinkedHashMap<>();
        http.get("/status/" + ingestion)
                .json()
                .get("batches")
                .forEach(batch -> batch.get("ids")
                        .forEach(
                                id -> keys.put(id.asInt(), batch.get("batch_id").asString())));
        List<Long> starts = new ArrayList<>();
        String lastKey = "";
        Set<Integer> together = ConcurrentHashMap.newKeySet();
        for (FakeUpstream.Arrival arrival : upstream.log()) {
            assertThat(arrival.headers()).containsEntry("authorization", "Bearer secret");
            assertThat(arrival.headers()).containsEntry("idempotency-key", keys.get(id(arrival)));
            if (arrival.path().startsWith("/moved/")) {
                continue;
            }
            String key = arrival.headers().get("idempotency-key");
            if (!key.equals(lastKey) || !together.add(id(arrival))) {
                starts.add(arrival.nanos());
                together.clear();
                together.add(id(arrival));
                lastKey = key;
            }
        }
        assertThat(starts).hasSizeGreaterThan(2 * STRETCH);
        for (int i = STRETCH; i < starts.size(); i++) {
            assertThat(Duration.ofNanos(starts.get(i) - starts.get(i - STRETCH)))
                    .as("%d intervals up to call %d", STRETCH, i + 1)
                    .isGreaterThanOrEqualTo(INTERVAL.multipliedBy(STRETCH).minus(NOISE));
        }
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", folder.toString()), new PrintStream(report, true, StandardCharsets.UTF_8));
        assertThat(exit).as(report.toString(StandardCharsets.UTF_8)).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void retryAfterClosesTheGateForEverybodyAcrossARestart(boolean asDate) {
        upstream = new FakeUpstream((arrival, connection) -> {
            if (asked.merge(arrival.path(), 1, Integer::sum) == 1 && id(arrival) == 1) {
                Instant until = Instant.now().plusSeconds(asDate ? 4 : 3);
                String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atZone(ZoneOffset.UTC));
                return FakeUpstream.respond(connection, 429, "", "Retry-After: " + (asDate ? date : "3"));
            }
            return FINE.give(connection);
        });
        start("/items/{id}");
        String first = http.submit("{\"ids\":[1],\"priority\":\"LOW\"}");
        await().until(() -> !http.get("/queue").json().get("closed_until").isNull());
        String second = http.submit("{\"ids\":[2],\"priority\":\"HIGH\"}");
        stopService();
        start("/items/{id}");
        awaitEnd(first);
        awaitEnd(second);

        assertThat(upstream.paths()).containsExactly("/items/1", "/items/2", "/items/1");
        long gap = upstream.log().get(1).nanos() - upstream.log().get(0).nanos();
        assertThat(Duration.ofNanos(gap)).isBetween(Duration.ofMillis(2_990), Duration.ofMillis(6_000));
    }

    @Test
    void nothingLeftOfTheRateLimitClosesTheGateToo() {
        upstream = new FakeUpstream((arrival, connection) -> FakeUpstream.respond(
                connection,
                200,
                "1",
                id(arrival) == 1 ? "RateLimit: \"default\";r=0;t=2" : "X-RateLimit-Remaining: 7"));
        start("/items/{id}");
        awaitEnd(http.submit("{\"ids\":[1,2,3,4]}"));

        assertThat(Duration.ofNanos(
                        upstream.log().get(3).nanos() - upstream.log().get(0).nanos()))
                .isBetween(Duration.ofMillis(1_990), Duration.ofMillis(5_000));
    }

    @Test
    void anUpstreamThatIsDownIsProbedOnceASlotAndWhatWaitsLosesNoAttempts() throws Exception {
        upstream = FakeUpstream.willing();
        int port = upstream.port();
        upstream.close();
        start("/items/{id}", "--batchgate.upstream.max-attempts=3");
        String ids = IntStream.rangeClosed(1, 60).mapToObj(String::valueOf).collect(Collectors.joining(","));
        String ingestion = http.submit("{\"ids\":[%s]}".formatted(ids));
        await().until(() ->
                http.get("/queue").json().get("upstream").get("down").asBoolean());
        assertThat(http.get("/queue").json().get("upstream").get("error").asString())
                .contains("no connection");
        await().until(() -> http.get("/status/" + ingestion)
                        .json()
                        .get("batches")
                        .valueStream()
                        .mapToInt(batch -> batch.get("attempts").asInt())
                        .max()
                        .orElse(0)
                > 10);
        JsonNode batches = http.get("/status/" + ingestion).json().get("batches");
        assertThat(batches.valueStream().filter(batch -> batch.get("attempts").asInt() > 0))
                .hasSizeLessThanOrEqualTo(6);

        upstream = new FakeUpstream(port, (arrival, connection) -> FINE.give(connection));
        awaitEnd(ingestion);

        assertThat(http.get("/status/" + ingestion).json().get("status").asString())
                .isEqualTo("completed");
        assertThat(http.get("/queue").json().get("upstream").get("down").asBoolean())
                .isFalse();
    }

    @Test
    void whatIsRefusedInTheProbeThatFindsTheUpstreamBackIsAskedForAgain() throws Exception {
        upstream = FakeUpstream.willing();
        int port = upstream.port();
        upstream.close();
        start("/items/{id}", "--batchgate.upstream.max-attempts=1", "--batchgate.upstream.down-after=1");
        String ingestion = http.submit("{\"ids\":[1,2,3,4]}");
        await().until(() ->
                http.get("/queue").json().get("upstream").get("down").asBoolean());

        way.comeBack(() -> upstream = new FakeUpstream(port, (arrival, connection) -> FINE.give(connection)));
        awaitEnd(ingestion);

        assertThat(http.get("/results/" + ingestion).response().body().lines())
                .allMatch(line -> line.contains(FETCHED))
                .hasSize(4);
        assertThat(upstream.paths().subList(0, 2)).containsExactlyInAnyOrder("/items/2", "/items/3");
        assertThat(upstream.paths().subList(2, 4)).containsExactly("/items/1", "/items/4");
    }

    @Test
    void ofABatchAskedForAtOnceOnlyWhatIsMissingIsAskedForAgain() {
        upstream = new FakeUpstream((arrival, connection) -> switch (arrival.path()) {
            case "/items?ids=1,2,3" ->
                FakeUpstream.respond(
                        connection, 200, "[{\"id\":3,\"n\":1e400},{\"id\":1}]", "Content-Type: application/json");
            case "/items?ids=2" -> FakeUpstream.respond(connection, 200, "{\"2\":\"two\"}");
            case "/items?ids=4,5,6" ->
                asked.merge("4", 1, Integer::sum) == 1
                        ? FakeUpstream.respond(connection, 502, "")
                        : FakeUpstream.respond(connection, 200, "{\"id\":6}\n{\"id\":5}\n{\"id\":4}\n");
            default -> FakeUpstream.respond(connection, 200, "<html>", "Content-Type: text/html");
        });
        start("/items?ids={ids}");
        String ingestion = http.submit("{\"ids\":[1,2,3,4,5,6,7]}");
        awaitEnd(ingestion);

        assertThat(upstream.paths())
                .containsExactlyInAnyOrder(
                        "/items?ids=1,2,3", "/items?ids=2", "/items?ids=4,5,6", "/items?ids=4,5,6", "/items?ids=7");
        List<String> lines =
                http.get("/results/" + ingestion).response().body().lines().toList();
        assertThat(lines.subList(0, 6))
                .containsExactly(
                        "{\"id\":1,\"status\":\"completed\",\"data\":{\"id\":1}}",
                        "{\"id\":2,\"status\":\"completed\",\"data\":\"two\"}",
                        "{\"id\":3,\"status\":\"completed\",\"data\":{\"id\":3,\"n\":1e400}}",
                        "{\"id\":4,\"status\":\"completed\",\"data\":{\"id\":4}}",
                        "{\"id\":5,\"status\":\"completed\",\"data\":{\"id\":5}}",
                        "{\"id\":6,\"status\":\"completed\",\"data\":{\"id\":6}}");
        assertThat(lines.get(6)).startsWith("{\"id\":7,\"status\":\"failed\",\"error\":\"");
    }

    @Test
    void aRetryAsksForTheFailedIdsAloneUnderTheOldKey() {
        upstream = new FakeUpstream((arrival, connection) -> FakeUpstream.respond(
                connection, id(arrival) == 2 && asked.merge("2", 1, Integer::sum) == 1 ? 404 : 200, "1"));
        start("/items/{id}");
        String ingestion = http.submit("{\"ids\":[1,2,3]}");
        awaitEnd(ingestion);
        assertThat(http.get("/status/" + ingestion).json().get("status").asString())
                .isEqualTo("failed");

        assertThat(http.send("POST", "/ingest/" + ingestion + "/retry", "").status())
                .isEqualTo(200);
        awaitEnd(ingestion);

        assertThat(http.get("/status/" + ingestion).json().get("status").asString())
                .isEqualTo("completed");
        assertThat(upstream.paths().subList(3, 4)).containsExactly("/items/2");
        assertThat(upstream.log())
                .extracting(arrival -> arrival.headers().get("idempotency-key"))
                .containsOnly(ingestion + "-1");
    }

    private void awaitEnd(String ingestion) {
        await().atMost(Duration.ofSeconds(40))
                .until(() -> Set.of("completed", "failed", "cancelled")
                        .contains(http.get("/status/" + ingestion)
                                .json()
                                .get("status")
                                .asString()));
    }

    private static int id(FakeUpstream.Arrival arrival) {
        return Integer.parseInt(arrival.path().substring(arrival.path().lastIndexOf('/') + 1));
    }
}
