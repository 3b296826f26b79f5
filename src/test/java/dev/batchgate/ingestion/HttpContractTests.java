package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Every rule of the two calls that the original service had, and of {@code GET /queue}. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=1h", "batchgate.upstream.simulated-latency=1h"})
class HttpContractTests {

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16", "ISO-8859-1"})
    void aBodyIsReadInTheCharsetThatItSays(String charset) throws Exception {
        HttpResponse<String> answer =
                post("application/json;charset=" + charset, "{\"ids\":[1],\"é\":\"ü\"}", Charset.forName(charset));

        assertThat(answer.statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> post(String type, String body, Charset charset) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body, charset))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Small ones have a parser of their own. Here a character is a byte. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ids\":[1]}",
                "\u00ef\u00bb\u00bf{\"ids\":[1]}",
                "{\"ids\":[1],\"x\":\"\u00ff\u00fe\"}",
                "{\"ids\":[1],\"\u00c3\":2}",
                "{\"ids\":[1],\"priority\":\"\u00c3\u00a9\"}",
                "{\"a name that is longer than any that means something, and than those that are kept\":1,\"ids\":[1]}",
                "{\"ids\":[1],\"ids\":[2]}",
                "{\"\\u0069ds\":[1]}",
                "{\"ids\":[1,\"2\",3.0,1e3]}",
                "{\"ids\":[1,2,}",
                "{\"ids\":[1]} x",
                "{\"ids\":[1]",
                "{\"ids\":[1],\"x\":{\"ids\":[[]]}}",
                "{/* why */\"ids\":[1]}",
                "null",
                "[1]",
            })
    void aBodyMeansTheSameWhateverItsSize(String bytes) throws Exception {
        HttpResponse<String> small = post("application/json", bytes, StandardCharsets.ISO_8859_1);
        HttpResponse<String> large = post("application/json", bytes + " ".repeat(5_000), StandardCharsets.ISO_8859_1);

        assertThat(small.statusCode()).isEqualTo(large.statusCode()).isIn(200, 400);
        if (small.statusCode() == 400) {
            assertThat(withoutPlaces(small.body())).isEqualTo(withoutPlaces(large.body()));
        }
    }

    private static String withoutPlaces(String problem) {
        return problem.replaceAll("column \\d+", "column");
    }

    @Test
    void aSubmissionIsAnsweredAsTheOriginalServiceDid() {
        Http.Answer answer = http.ingest("{\"ids\":[1,2,3,4,5],\"priority\":\"HIGH\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.json().propertyNames()).containsExactly("ingestion_id");
        String id = answer.json().get("ingestion_id").asString();
        assertThat(UUID.fromString(id).version()).isEqualTo(7);
        assertThat(answer.header("Location")).isEqualTo("/status/" + id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "respond-async",
                "Respond-Async",
                "respond-async=\"\"",
                "wait=10, respond-async",
                "respond-async; foo=bar",
                "foo=\"a, \\\"b\", respond-async",
            })
    void whoPrefersAnAsynchronousAnswerGets202(String prefer) {
        Http.Answer answer = http.ingest("{\"ids\":[1]}", "Prefer", prefer);

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Preference-Applied")).isEqualTo("respond-async");
        assertThat(answer.header("Location"))
                .isEqualTo("/status/" + answer.json().get("ingestion_id").asString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait=10",
                "foo=\"a, respond-async\"",
                "foo=\"a\\\", respond-async, b\"",
                "foo; respond-async",
                "respond-async=no",
                ",;=\"",
            })
    void otherPreferencesChangeNothing(String prefer) {
        Http.Answer answer = http.ingest("{\"ids\":[1]}", "Prefer", prefer);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Preference-Applied")).isEmpty();
    }

    @Test
    void whatWouldBeDoneTooLateIsAConflictThatSaysWhenItWouldBe() {
        Http.Answer late =
                http.ingest("{\"ids\":[1,2,3,4],\"priority\":\"LOW\",\"complete_by\":\"2020-01-01T00:00:00+01:00\"}");

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.header("Content-Type")).isEqualTo("application/problem+json");
        Instant earliest =
                Instant.parse(late.json().get("earliest_completion_at").asString());
        assertThat(late.json().get("error").asString()).contains(earliest.toString());
        assertThat(http.ingest("{\"ids\":[1,2,3,4],\"priority\":\"LOW\",\"complete_by\":\"" + earliest.plusSeconds(60)
                                + "\"}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"tomorrow\"",
                "\"2026-11-24\"",
                "\"2026-11-24T18:00:00\"",
                "\"+999999999-12-31T23:59:59.999999999-18:00\"",
                "\"\"",
                "null",
                "1795536908",
                "[]",
                "{}",
                "\"2030-01-01T00:00:00Z\",\"complete_by\":\"2030-01-01T00:00:00Z\"",
            })
    void aTimeThatIsNoneIsRefused(String time) {
        Http.Answer answer = http.ingest("{\"ids\":[1],\"complete_by\":" + time + "}");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("errors").get(0).get("pointer").asString()).isEqualTo("/complete_by");
    }

    @Test
    void theStatusForetellsHowItGoesOn() {
        http.submit("{\"ids\":[1]}");
        String id = http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        JsonNode status = http.get("/status/" + id).json();

        assertThat(status.get("position").asLong()).isNotNegative();
        Instant start = Instant.parse(status.get("estimated_start_at").asString());
        assertThat(Instant.parse(status.get("estimated_completion_at").asString()))
                .isAfterOrEqualTo(start.plusSeconds(3_600));
        assertThat(status.get("waiting_for").asString()).isIn("earlier", "higher_priority", "slot", "in_flight");
    }

    @Test
    void theStatusHasTheOriginalFieldsAndMore() {
        Instant before = Instant.now().minusMillis(1);
        String id = http.submit("{\"ids\":[5,4,3,3,1],\"priority\":\"LOW\"}");

        Http.Answer answer = http.get("/status/" + id);

        assertThat(answer.status()).isEqualTo(200);
        JsonNode status = answer.json();
        assertThat(status.get("ingestion_id").asString()).isEqualTo(id);
        assertThat(status.get("status").asString()).isIn("yet_to_start", "triggered");
        assertThat(status.get("priority").asString()).isEqualTo("LOW");
        assertThat(status.get("created_at").asString()).endsWith("Z");
        assertThat(Instant.parse(status.get("created_at").asString())).isBetween(before, Instant.now());
        assertThat(status.get("progress").toString())
                .isEqualTo("{\"total\":2,\"completed\":0,\"failed\":0,\"cancelled\":0}");
        assertThat(status.get("batches").get(0).get("ids").toString()).isEqualTo("[5,4,3]");
        assertThat(status.get("batches").get(1).toString())
                .isEqualTo("{\"batch_id\":\"" + id + "-2\",\"ids\":[3,1],\"status\":\"yet_to_start\",\"attempts\":0}");
    }

    @Test
    void theFirstBatchIsTriggeredAtOnceAndTheQueueTellsWhatWaits() {
        http.submit("{\"ids\":[1]}");
        await().atMost(Duration.ofSeconds(5))
                .until(() -> http.get("/queue").json().get("in_flight").asInt() == 1);
        long waitingBefore = waiting("LOW");
        http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        JsonNode queue = http.get("/queue").json();

        assertThat(queue.propertyNames())
                .containsExactly(
                        "paused",
                        "interval",
                        "next_slot_at",
                        "closed_until",
                        "in_flight",
                        "max_in_flight",
                        "waiting",
                        "upstream");
        assertThat(queue.get("paused").asBoolean()).isFalse();
        assertThat(queue.get("closed_until").isNull()).isTrue();
        assertThat(queue.get("upstream").toString()).isEqualTo("{\"down\":false,\"error\":null}");
        assertThat(queue.get("interval").asString()).isEqualTo("PT1H");
        assertThat(Instant.parse(queue.get("next_slot_at").asString()))
                .isBetween(Instant.now().plusSeconds(3000), Instant.now().plusSeconds(3601));
        assertThat(queue.get("max_in_flight").asInt()).isEqualTo(1);
        assertThat(queue.get("waiting").propertyNames()).containsExactly("HIGH", "MEDIUM", "LOW");
        assertThat(waiting("LOW")).isEqualTo(waitingBefore + 2);
        assertThat(Instant.parse(queue.get("waiting").get("LOW").get("oldest").asString()))
                .isBefore(Instant.now());
    }

    private long waiting(String priority) {
        return http.get("/queue")
                .json()
                .get("waiting")
                .get(priority)
                .get("batches")
                .asLong();
    }

    @Test
    void withoutAPriorityItIsMedium() {
        String id = http.submit("{\"ids\":[1]}");

        assertThat(http.get("/status/" + id).json().get("priority").asString()).isEqualTo("MEDIUM");
    }

    @Test
    void whatItDoesNotKnowItIgnores() {
        assertThat(http.ingest("{\"ids\":[1],\"colour\":{\"red\":[1]}}").status())
                .isEqualTo(200);
    }

    @Test
    void theGreatestIdAndTheLongestListAreAccepted() {
        assertThat(http.ingest("{\"ids\":[1000000007]}").status()).isEqualTo(200);
        String id = http.submit("{\"ids\":" + listOf(10_000) + "}");

        JsonNode batches = http.get("/status/" + id).json().get("batches");

        assertThat(batches).hasSize(3334);
        assertThat(batches.get(3333).get("ids").toString()).isEqualTo("[10000]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                          | /ids      | is required",
                "{\"ids\":null}                              | /ids      | must be an array of integers, not null",
                "{\"ids\":5}                                 | /ids      | must be an array of integers",
                "{\"ids\":\"1,2\"}                           | /ids      | must be an array of integers",
                "{\"ids\":{\"0\":1}}                         | /ids      | must be an array of integers",
                "{\"ids\":[]}                                | /ids      | must hold at least 1 id",
                "{\"ids\":[\"1\"]}                           | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1,1.0]}                           | /ids/1    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1.5]}                             | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1e3]}                             | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1,2,true]}                        | /ids/2    | must be an integer from 1 to 1000000007",
                "{\"ids\":[null]}                            | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1,[2]]}                           | /ids/1    | must be an integer from 1 to 1000000007",
                "{\"ids\":[{\"id\":1}]}                      | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[0]}                               | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[-1]}                              | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1000000008]}                      | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1000000000000000000000000000000]} | /ids/0    | must be an integer from 1 to 1000000007",
                "{\"ids\":[1],\"priority\":\"high\"}         | /priority | must be \"HIGH\", \"MEDIUM\" or \"LOW\"",
                "{\"ids\":[1],\"priority\":\"\"}             | /priority | must be \"HIGH\", \"MEDIUM\" or \"LOW\"",
                "{\"ids\":[1],\"priority\":null}             | /priority | must be \"HIGH\", \"MEDIUM\" or \"LOW\"",
                "{\"ids\":[1],\"priority\":0}                | /priority | must be \"HIGH\", \"MEDIUM\" or \"LOW\"",
                "{\"ids\":[1],\"priority\":[\"LOW\"]}        | /priority | must be \"HIGH\", \"MEDIUM\" or \"LOW\"",
                "{\"ids\":[1],\"ids\":[2]}                   | /ids      | is there twice",
                "{\"priority\":\"LOW\",\"ids\":[1],\"priority\":\"HIGH\"} | /priority | is there twice",
                "{\"ids\":[1,2,}                             | /ids/2    | is not well-formed JSON at line 1, column 13",
                "{\"ids\":[01]}                              | /ids/0    | is not well-formed JSON",
                "{\"ids\":[NaN]}                             | /ids/0    | is not well-formed JSON",
                "{\"ids\":[1],\"priority\":\"LOW             | /priority | is not well-formed JSON",
                "{\"ids\":[1]} x                             | ``        | is not well-formed JSON",
                "{                                           | ``        | is not well-formed JSON",
                "[1,2,3]                                     | ``        | must be a JSON object",
                "null                                        | ``        | must be a JSON object",
                "``                                          | ``        | must be a JSON object",
            })
    void whatIsWrongIsPointedAt(String body, String pointer, String detail) {
        Http.Answer answer = http.ingest(body);

        assertThat(answer.status()).isEqualTo(400);
        JsonNode problem = problem(answer);
        assertThat(problem.get("errors").get(0).get("pointer").asString()).isEqualTo(pointer);
        assertThat(problem.get("errors").get(0).get("detail").asString()).startsWith(detail);
        assertThat(problem.get("error").asString()).contains(detail);
    }

    @Test
    void everyWrongIdIsNamedUpToTen() {
        assertThat(problem(http.ingest("{\"ids\":[\"a\",2,\"c\",4.5]}")).get("errors"))
                .extracting(error -> error.get("pointer").asString())
                .containsExactly("/ids/0", "/ids/2", "/ids/3");
        assertThat(problem(http.ingest("{\"ids\":[0,0,0,0,0,0,0,0,0,0,0,0]}")).get("errors"))
                .hasSize(10);
    }

    @Test
    void aListThatIsTooLongIsCounted() {
        assertThat(problem(http.ingest("{\"ids\":" + listOf(10_001) + "}"))
                        .get("error")
                        .asString())
                .contains("/ids must hold at most 10000 ids, not 10001");
        Http.Answer million = http.ingest("{\"ids\":" + listOf(1_000_000) + "}");
        assertThat(million.status()).isEqualTo(400);
        assertThat(problem(million).get("error").asString()).contains("not 1000000");
    }

    @Test
    void depthAndLengthBeyondReasonAreRefused() {
        assertThat(pointerOf(http.ingest("{\"ids\":" + "[".repeat(100_000)))).isEqualTo("/ids/0");
        assertThat(pointerOf(http.ingest("{\"x\":" + "[".repeat(600) + "]".repeat(600) + "}")))
                .isEmpty();
        assertThat(pointerOf(http.ingest("{\"ids\":[1," + "9".repeat(5_000) + "]}")))
                .isEqualTo("/ids/1");
        assertThat(pointerOf(http.ingest("{\"ids\":[1],\"priority\":\"" + "L".repeat(100_000) + "\"}")))
                .isEmpty();
    }

    private static String pointerOf(Http.Answer answer) {
        assertThat(answer.status()).isEqualTo(400);
        return problem(answer).get("errors").get(0).get("pointer").asString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"x", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000", "%7Bid%7D", "a%2Fb", "%C3%A9", "null"})
    void anIngestionThatNobodyWasToldOfIsNotFound(String id) {
        Http.Answer answer = http.get("/status/" + id);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(problem(answer).get("error").asString()).startsWith("There is no ingestion with the id ");
    }

    @Test
    void aLongIdIsEchoedUpToItsLastWholeCharacter() {
        Http.Answer answer = http.get("/status/x" + "%F0%9F%90%8C".repeat(64));

        assertThat(problem(answer).get("error").asString())
                .isEqualTo("There is no ingestion with the id x" + "\uD83D\uDC0C".repeat(63) + "….");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /nope, '', application/json, 404",
        "POST, /, '{}', application/json, 405",
        "GET, /dashboard/nope.js, '', application/json, 404",
        "GET, /status/, '', application/json, 404",
        "GET, /ingest, '', application/json, 405",
        "PUT, /ingest, '{}', application/json, 405",
        "BREW, /ingest, '{}', application/json, 405",
        "POST, /status/x, '{}', application/json, 405",
        "POST, /queue, '{}', application/json, 405",
        "POST, /ingest, ids=1, application/x-www-form-urlencoded, 415",
        "POST, /ingest, '{}', text/plain, 415",
        "POST, /ingest, '{}', application, 415",
        "POST, /ingest, '{}', application/json;charset=nope, 415",
        "POST, /actuator/health, '{}', application/json, 405",
        "GET, /actuator/health/nope, '', application/json, 404",
    })
    void everyErrorIsAProblemDetail(String method, String path, String body, String type, int status) {
        Http.Answer answer = http.send(method, path, body, "Content-Type", type);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(problem(answer).get("instance").asString()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/xml", "text/html", "///"})
    void whoAcceptsNoJsonIsToldSoBeforeAnythingIsAccepted(String accept) {
        long before = waiting("LOW");

        Http.Answer answer = http.ingest("{\"ids\":[1],\"priority\":\"LOW\"}", "Accept", accept);

        assertThat(answer.status()).isEqualTo(406);
        problem(answer);
        assertThat(waiting("LOW")).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;charset=utf-16",
                "application/json;Charset=\"UTF-32\"",
                "application/json;charset=iso-8859-1;q=0.5",
                "*/*;charset=utf-16",
            })
    void jsonHasNoCharsetWhateverIsAskedFor(String accept) {
        Http.Answer answer = http.ingest("{\"ids\":[1]}", "Accept", accept);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(http.get(answer.header("Location"), "Accept", accept).status())
                .isEqualTo(200);
        assertThat(http.get("/queue", "Accept", accept).status()).isEqualTo(200);
        assertThat(http.get("/actuator/health", "Accept", accept).status()).isEqualTo(200);
        assertThat(http.get("/v3/api-docs", "Accept", accept).status()).isEqualTo(200);
    }

    @Test
    void aWrongMethodIsToldTheRightOne() {
        assertThat(http.get("/ingest").header("Allow")).isEqualTo("POST");
    }

    @Test
    void theHealthProbesAnswer() {
        assertThat(http.get("/actuator/health/liveness").json().get("status").asString())
                .isEqualTo("UP");
        assertThat(http.get("/actuator/health/readiness").json().get("status").asString())
                .isEqualTo("UP");
    }

    @Test
    void theApiIsDescribed() {
        JsonNode description = http.get("/v3/api-docs").json();

        assertThat(description.get("openapi").asString()).startsWith("3.1");
        assertThat(description.get("paths").propertyNames()).contains("/ingest", "/status/{id}", "/queue");
        JsonNode schemas = description.get("components").get("schemas");
        assertThat(schemas.get("Submission")
                        .get("properties")
                        .get("ids")
                        .get("items")
                        .get("type")
                        .asString())
                .isEqualTo("integer");
        assertThat(description.at("/paths/~1ingest/post/parameters").valueStream())
                .extracting(parameter -> parameter.get("name").asString())
                .containsExactlyInAnyOrder("Prefer", "Idempotency-Key");
        assertThat(description.at("/paths/~1ingest/post/responses/400/content").propertyNames())
                .containsExactly("application/problem+json");
        assertThat(schemas.get("StatusView").get("properties").propertyNames())
                .contains("ingestion_id", "created_at", "progress", "batches");
        assertThat(http.get("/swagger-ui.html").status()).isIn(200, 302);
    }

    /** What every error answer has, whoever made it. */
    private static JsonNode problem(Http.Answer answer) {
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        JsonNode problem = answer.json();
        assertThat(problem.propertyNames()).contains("type", "title", "status", "detail", "error");
        assertThat(problem.get("status").asInt()).isEqualTo(answer.status());
        assertThat(problem.get("error")).isEqualTo(problem.get("detail"));
        assertThat(answer.response().body()).doesNotContain("Exception", "dev.batchgate", "org.springframework");
        return problem;
    }

    private static String listOf(int ids) {
        return IntStream.rangeClosed(1, ids).mapToObj(String::valueOf).collect(Collectors.joining(",", "[", "]"));
    }
}
