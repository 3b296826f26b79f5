package dev.batchgate.results;

import static dev.batchgate.results.FakeStore.page;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Results;
import dev.batchgate.ingestion.Unavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Every form of a line, and of the answer that the lines make. */
@ResultsServed
class ResultsControllerTests {

    private static final BatchState TRIGGERED = BatchState.YET_TO_START.dispatched(Instant.EPOCH);
    private static final BatchState COMPLETED = TRIGGERED.ended(BatchStatus.COMPLETED, null, Instant.EPOCH);
    private static final BatchState FAILED = TRIGGERED.ended(BatchStatus.FAILED, "id 1: lost", Instant.EPOCH);
    private static final BatchState CANCELLED =
            BatchState.YET_TO_START.ended(BatchStatus.CANCELLED, null, Instant.EPOCH);

    @LocalServerPort
    private int port;

    @Autowired
    private FakeStore store;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"b\":1,\"a\":[ 1.0E400, 0.10, 12345678901234567890123 ],\"a\":\"\\ud800 \\u00e9 \\/\"}",
                "\"é 😀 \u2028\"",
                "null",
                "1.50",
                "[]",
            })
    void jsonIsHandedOutAsItCame(String json) {
        assertThat(lineOf(new IdOutcome.Fetched(Data.json(json))))
                .isEqualTo("{\"id\":7,\"status\":\"completed\",\"data\":" + json + "}\n");
    }

    @Test
    void jsonOfAKindOfItsOwnSaysSo() {
        Data data = new Data(Data.Form.JSON, "application/geo+json", "{}");

        assertThat(lineOf(new IdOutcome.Fetched(data)))
                .isEqualTo("{\"id\":7,\"status\":\"completed\",\"data\":{},"
                        + "\"content_type\":\"application/geo+json\"}\n");
    }

    @Test
    void textIsAString() {
        Data data = new Data(Data.Form.TEXT, "text/plain", "a \"quoted\"\r\nline, é 😀 \u0000 \ud800");

        assertThat(lineOf(new IdOutcome.Fetched(data)))
                .isEqualTo("{\"id\":7,\"status\":\"completed\","
                        + "\"data\":\"a \\\"quoted\\\"\\r\\nline, é 😀 \\u0000 ?\",\"content_type\":\"text/plain\"}\n");
    }

    @Test
    void textOfNoNamedTypeSaysNone() {
        Data data = new Data(Data.Form.TEXT, null, "");

        assertThat(lineOf(new IdOutcome.Fetched(data)))
                .isEqualTo("{\"id\":7,\"status\":\"completed\",\"data\":\"\"}\n");
    }

    @Test
    void bytesAreBase64() {
        Data data = new Data(Data.Form.BINARY, "image/png", "iVBORw0KGgo=");

        assertThat(lineOf(new IdOutcome.Fetched(data)))
                .isEqualTo("{\"id\":7,\"status\":\"completed\","
                        + "\"data\":\"iVBORw0KGgo=\",\"encoding\":\"base64\",\"content_type\":\"image/png\"}\n");
    }

    @Test
    void aFailureSaysWhyAndWithWhichStatus() {
        assertThat(lineOf(new IdOutcome.Failed("the upstream answered with HTTP status 404", 404)))
                .isEqualTo("{\"id\":7,\"status\":\"failed\","
                        + "\"error\":\"the upstream answered with HTTP status 404\",\"http_status\":404}\n");
        assertThat(lineOf(new IdOutcome.Failed("no answer", null)))
                .isEqualTo("{\"id\":7,\"status\":\"failed\",\"error\":\"no answer\"}\n");
    }

    @Test
    void whatWasTakenBackIsCancelledAndWhatWasMissedIsPending() {
        assertThat(lineOf(new IdOutcome.Cancelled())).isEqualTo("{\"id\":7,\"status\":\"cancelled\"}\n");
        assertThat(lineOf(new IdOutcome.Missed("no answer", null, true)))
                .isEqualTo("{\"id\":7,\"status\":\"pending\"}\n");
    }

    @Test
    void anIdWithoutAResultStandsWhereItsBatchStands() {
        List<BatchState> states = List.of(COMPLETED, FAILED, CANCELLED, TRIGGERED, BatchState.YET_TO_START);
        Ids ids = Ids.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);
        String id = store.add(ids, states, from -> Optional.of(new Results.Page(Collections.emptySortedMap(), 13)));

        assertThat(http.get("/results/" + id).response().body()).isEqualTo("""
                {"id":1,"status":"completed","data":null}
                {"id":1,"status":"completed","data":null}
                {"id":1,"status":"completed","data":null}
                {"id":2,"status":"failed","error":"id 1: lost"}
                {"id":2,"status":"failed","error":"id 1: lost"}
                {"id":2,"status":"failed","error":"id 1: lost"}
                {"id":3,"status":"cancelled"}
                {"id":3,"status":"cancelled"}
                {"id":3,"status":"cancelled"}
                {"id":4,"status":"pending"}
                {"id":4,"status":"pending"}
                {"id":4,"status":"pending"}
                {"id":5,"status":"pending"}
                """);
    }

    @Test
    void whatHadFailedIsPendingOnceItIsAskedForAgainAlsoInTheMiddleOfTheAnswer() {
        UUID[] id = new UUID[1];
        id[0] = UUID.fromString(store.add(Ids.of(1, 2, 3), List.of(FAILED), from -> {
            store.change(id[0], List.of(TRIGGERED));
            return Optional.of(new Results.Page(Collections.emptySortedMap(), 3));
        }));

        assertThat(http.get("/results/" + id[0]).response().body()).isEqualTo("""
                {"id":1,"status":"pending"}
                {"id":2,"status":"pending"}
                {"id":3,"status":"pending"}
                """);
    }

    @Test
    void aResultCountsMoreThanItsBatch() {
        TreeMap<Integer, IdOutcome> second = new TreeMap<>();
        second.put(1, new IdOutcome.Fetched(Data.json("\"early\"")));
        String id = store.add(Ids.of(1, 2, 3), List.of(TRIGGERED), from -> Optional.of(new Results.Page(second, 3)));

        assertThat(http.get("/results/" + id).response().body()).isEqualTo("""
                {"id":1,"status":"pending"}
                {"id":2,"status":"completed","data":"early"}
                {"id":3,"status":"pending"}
                """);
    }

    @Test
    void theOrderIsThatOfTheIdsWithWhatIsThereTwice() {
        String id = store.add(Ids.of(9, 5, 9, 9_000_000_000L), List.of(COMPLETED, COMPLETED), this::oneAtATime);

        assertThat(http.get("/results/" + id).response().body()).isEqualTo("""
                {"id":9,"status":"completed","data":0}
                {"id":5,"status":"completed","data":1}
                {"id":9,"status":"completed","data":2}
                {"id":9000000000,"status":"completed","data":3}
                """);
    }

    @Test
    void anArrayHasTheSameElements() {
        String id = store.add(Ids.of(9, 5, 9), List.of(COMPLETED), this::oneAtATime);

        Http.Answer answer = http.get("/results/" + id, "Accept", "application/json");

        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.response().body()).isEqualTo("""
                [
                {"id":9,"status":"completed","data":0},
                {"id":5,"status":"completed","data":1},
                {"id":9,"status":"completed","data":2}
                ]
                """);
        assertThat(answer.json().size()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                                              | application/x-ndjson",
                "application/*                                    | application/x-ndjson",
                "application/x-ndjson                             | application/x-ndjson",
                "application/json;q=0.5, application/x-ndjson     | application/x-ndjson",
                "application/json;q=0.5, */*                      | application/x-ndjson",
                "text/html, application/xml;q=0.9, */*;q=0.8      | application/x-ndjson",
                "application/x-ndjson; charset=utf-8              | application/x-ndjson",
                "application/json                                 | application/json",
                "application/json; charset=iso-8859-1             | application/json",
                "application/json, text/plain, */*                | application/json",
                "application/x-ndjson;q=0.5, application/json     | application/json",
            })
    void theAnswerIsAsTheClientLikesItBest(String accept, String contentType) {
        Http.Answer answer = http.get("/results/" + one(), "Accept", accept);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo(contentType);
        assertThat(answer.header("Vary")).isEqualTo("Accept");
        assertThat(answer.response().body()).startsWith(contentType.endsWith("ndjson") ? "{" : "[");
    }

    @Test
    void whoAcceptsAnythingGetsLines() {
        assertThat(http.get("/results/" + one()).header("Content-Type")).isEqualTo("application/x-ndjson");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/csv", "application/xml, text/html", "nonsense"})
    void whoAcceptsNeitherIsRefused(String accept) {
        problem(http.get("/results/" + one(), "Accept", accept), 406);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000-0000-7000-8000-000000000000", "x", "%2e%2e", "a%2Fb"})
    void anUnknownIdIsNotFoundWhateverItLooksLike(String id) {
        problem(http.get("/results/" + id), 404);
    }

    @Test
    void whatExpiresAsItIsAskedForIsNotFound() {
        String id = store.add(Ids.of(1), List.of(COMPLETED), from -> Optional.empty());

        assertThat(problem(http.get("/results/" + id), 404)).contains(id);
    }

    @Test
    void aStoreThatCannotBeReadIsToBeAskedLater() {
        String id = store.add(Ids.of(1), List.of(COMPLETED), from -> {
            throw new Unavailable("The store cannot be read.", Duration.ofSeconds(7));
        });

        Http.Answer answer = http.get("/results/" + id);

        assertThat(problem(answer, 503)).isEqualTo("The store cannot be read.");
        assertThat(answer.header("Retry-After")).isEqualTo("7");
    }

    @Test
    void aFailureBeforeAnythingHasLeftIsAProblemToo() {
        String id = store.add(Ids.of(1, 2), List.of(COMPLETED), from -> {
            if (from == 0) {
                return oneAtATime(0);
            }
            throw new Unavailable("The store cannot be read.", Duration.ofSeconds(7));
        });

        assertThat(problem(http.get("/results/" + id), 503)).isEqualTo("The store cannot be read.");
    }

    @Test
    void aPageThatLeadsNowhereIsADefectAndNoEndlessAnswer() {
        String id = store.add(Ids.of(1), List.of(COMPLETED), from -> page(from));

        problem(http.get("/results/" + id), 500);
    }

    @Test
    void manyPagesWithoutAResultAreGoneThrough() {
        int size = 10_000;
        Ids.Builder ids = new Ids.Builder();
        IntStream.range(0, size).forEach(ids::add);
        String id = store.add(
                ids.build(),
                Collections.nCopies(size, BatchState.YET_TO_START),
                from -> Optional.of(new Results.Page(Collections.emptySortedMap(), from + 7)));

        assertThat(http.get("/results/" + id).response().body().lines())
                .hasSize(size)
                .endsWith("{\"id\":9999,\"status\":\"pending\"}");
    }

    @Test
    void headAnswersWithoutReadingAnything() {
        AtomicInteger reads = new AtomicInteger();
        String id = store.add(Ids.of(1), List.of(COMPLETED), from -> {
            reads.incrementAndGet();
            return oneAtATime(from);
        });

        Http.Answer answer = http.send("HEAD", "/results/" + id, "", "Accept", "application/json");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.header("Content-Length")).isEmpty();
        assertThat(reads).hasValue(0);
        assertThat(http.send("HEAD", "/results/x", "").status()).isEqualTo(404);
    }

    @Test
    void otherMethodsAreNotPossible() {
        assertThat(http.send("DELETE", "/results/" + one(), "").status()).isEqualTo(405);
    }

    @Test
    void theCallIsDescribed() {
        JsonNode description = http.get("/v3/api-docs").json();

        JsonNode content = description.at("/paths/~1results~1{id}/get/responses/200/content");
        assertThat(content.propertyNames()).containsExactlyInAnyOrder("application/x-ndjson", "application/json");
        assertThat(content.at("/application~1x-ndjson/schema/$ref").asString())
                .isEqualTo("#/components/schemas/Result");
        assertThat(description.at("/components/schemas/Result/properties").propertyNames())
                .containsExactly("id", "status", "data", "encoding", "content_type", "error", "http_status");
        assertThat(description
                        .at("/components/schemas/Result/properties/status/enum")
                        .toString())
                .isEqualTo("[\"pending\",\"completed\",\"failed\",\"cancelled\"]");
        assertThat(description.at("/paths/~1results~1{id}/get/parameters").size())
                .isEqualTo(1);
    }

    private String lineOf(IdOutcome outcome) {
        String id = store.add(Ids.of(7), List.of(TRIGGERED), from -> page(from, outcome));
        Http.Answer answer = http.get("/results/" + id);
        assertThat(answer.status()).isEqualTo(200);
        return answer.response().body();
    }

    private String one() {
        return store.add(Ids.of(1), List.of(COMPLETED), this::oneAtATime);
    }

    private Optional<Results.Page> oneAtATime(int from) {
        return page(from, new IdOutcome.Fetched(Data.json(String.valueOf(from))));
    }

    private static String problem(Http.Answer answer, int status) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("status").asInt()).isEqualTo(status);
        return answer.json().get("detail").asString();
    }
}
