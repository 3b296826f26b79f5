package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Every rule of {@code POST /queue/forecast}. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "batchgate.interval=1h",
            "batchgate.upstream.simulated-latency=1h",
            "batchgate.limits.max-backlog=500"
        })
class ForecastControllerTests {

    @LocalServerPort
    private int port;

    private Http http;
    private final List<String> submitted = new ArrayList<>();

    /** The only slot for an hour is taken. */
    @BeforeEach
    void client() {
        http = new Http(port);
        if (http.get("/queue").json().get("in_flight").asInt() == 0) {
            http.submit("{\"ids\":[1]}");
            await().until(() -> http.get("/queue").json().get("in_flight").asInt() == 1);
        }
    }

    @AfterEach
    void takeBack() {
        http.send("POST", "/queue/resume", "");
        submitted.forEach(id -> http.send("DELETE", "/ingest/" + id, ""));
    }

    private String submit(String priority, int batches) {
        String id = http.submit(body(priority, batches));
        submitted.add(id);
        return id;
    }

    private static String body(String priority, int batches) {
        return "{\"ids\":[1" + ",1".repeat(3 * batches - 1) + "],\"priority\":\"" + priority + "\"}";
    }

    private Http.Answer ask(String body, String... headers) {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return http.send("POST", "/queue/forecast", body, all.toArray(String[]::new));
    }

    private static List<String> ids(JsonNode forecast) {
        return forecast.at("/pushes_back/ingestions")
                .valueStream()
                .map(one -> one.get("ingestion_id").asString())
                .toList();
    }

    private Instant completion(String id) {
        return Instant.parse(
                http.get("/status/" + id).json().get("estimated_completion_at").asString());
    }

    @Test
    void whatIsForetoldComesTrueAndNothingIsQueuedByAsking() {
        String urgent = submit("HIGH", 1);
        String same = submit("MEDIUM", 2);
        String low = submit("LOW", 3);
        JsonNode queue = http.get("/queue").json().get("waiting");

        JsonNode forecast =
                ask(body("MEDIUM", 2), "Idempotency-Key", "anything").json();

        assertThat(http.get("/queue").json().get("waiting")).isEqualTo(queue);
        assertThat(forecast.propertyNames())
                .containsExactly(
                        "batches",
                        "position",
                        "estimated_start_at",
                        "estimated_completion_at",
                        "waiting_for",
                        "pushes_back");
        assertThat(forecast.get("batches").asInt()).isEqualTo(2);
        assertThat(forecast.get("position").asInt()).isEqualTo(3);
        assertThat(forecast.get("waiting_for").asString()).isEqualTo("higher_priority");
        assertThat(forecast.at("/pushes_back/batches").asInt()).isEqualTo(3);
        assertThat(forecast.at("/pushes_back/more").asBoolean()).isFalse();
        assertThat(ids(forecast)).containsExactly(low);
        JsonNode pushed = forecast.at("/pushes_back/ingestions/0");
        assertThat(pushed.get("priority").asString()).isEqualTo("LOW");
        assertThat(Instant.parse(pushed.get("estimated_completion_at").asString()))
                .isCloseTo(completion(low), within(1, ChronoUnit.SECONDS));
        Instant sameBefore = completion(same);

        String made = submit("MEDIUM", 2);

        assertThat(Instant.parse(forecast.get("estimated_completion_at").asString()))
                .isCloseTo(completion(made), within(1, ChronoUnit.SECONDS));
        assertThat(Instant.parse(pushed.get("would_complete_at").asString()))
                .isCloseTo(completion(low), within(1, ChronoUnit.SECONDS));
        assertThat(completion(same)).isCloseTo(sameBefore, within(1, ChronoUnit.SECONDS));
        assertThat(completion(urgent)).isBefore(completion(same));
    }

    @Test
    void nobodyIsPushedBackByWhatIsLast() {
        submit("HIGH", 1);
        submit("LOW", 1);

        JsonNode forecast = ask(body("LOW", 3)).json();

        assertThat(forecast.get("pushes_back").toString())
                .isEqualTo("{\"batches\":0,\"ingestions\":[],\"more\":false}");
    }

    @Test
    void oneHundredAreListedTheMostUrgentFirst() {
        List<String> low = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            low.add(submit("LOW", 1));
        }
        assertThat(ask(body("HIGH", 1)).json().at("/pushes_back/more").asBoolean())
                .isFalse();
        String medium = submit("MEDIUM", 1);

        JsonNode forecast = ask(body("HIGH", 1)).json();

        assertThat(ids(forecast))
                .hasSize(100)
                .startsWith(medium)
                .endsWith(low.get(98))
                .containsAll(low.subList(0, 99));
        assertThat(forecast.at("/pushes_back/batches").asInt()).isEqualTo(101);
        assertThat(forecast.at("/pushes_back/more").asBoolean()).isTrue();
    }

    @Test
    void whilePausedTheOrderIsKnownAndNoTimeIs() {
        String low = submit("LOW", 2);
        http.send("POST", "/queue/pause", "");

        JsonNode forecast = ask(body("HIGH", 1)).json();

        assertThat(forecast.toString())
                .isEqualTo("{\"batches\":1,\"waiting_for\":\"paused\",\"pushes_back\":{\"batches\":2,\"ingestions\":["
                        + "{\"ingestion_id\":\"" + low + "\",\"priority\":\"LOW\"}],\"more\":false}}");
    }

    @Test
    void whatWouldBeDoneTooLateIsAConflict() {
        Http.Answer late = ask("{\"ids\":[1],\"complete_by\":\"2020-01-01T00:00:00Z\"}");

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.header("Content-Type")).isEqualTo("application/problem+json");
        Instant earliest =
                Instant.parse(late.json().get("earliest_completion_at").asString());
        assertThat(ask("{\"ids\":[1],\"complete_by\":\"" + earliest.plusSeconds(60) + "\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatThereIsNoRoomForIsToldWhenThereIs() {
        submit("LOW", 400);
        assertThat(ask(body("HIGH", 100)).status()).isEqualTo(200);

        Http.Answer full = ask(body("HIGH", 101));

        assertThat(full.status()).isEqualTo(429);
        Http.Answer refused = http.ingest(body("HIGH", 101));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(Long.parseLong(full.header("Retry-After")))
                .isCloseTo(Long.parseLong(refused.header("Retry-After")), within(2L));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                  | /ids         | 400",
                "{\"ids\":[1,0]}                     | /ids/1       | 400",
                "{\"ids\":[1],\"priority\":\"high\"} | /priority    | 400",
                "{\"ids\":[1],\"complete_by\":1}     | /complete_by | 400",
                "{\"ids\":[1],\"ids\":[2]}           | /ids         | 400",
            })
    void whatIsWrongIsPointedAt(String body, String pointer, int status) {
        Http.Answer answer = ask(body);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo(pointer);
    }

    @Test
    void aBodyOfAnotherTypeOrAnotherMethodIsRefused() {
        assertThat(http.send("POST", "/queue/forecast", "ids=1", "Content-Type", "text/plain")
                        .status())
                .isEqualTo(415);
        assertThat(http.get("/queue/forecast").status()).isEqualTo(405);
    }

    @Test
    void theForecastIsDescribed() {
        JsonNode description = http.get("/v3/api-docs").json();

        assertThat(description
                        .at("/paths/~1queue~1forecast/post/requestBody/content/application~1json/schema/$ref")
                        .asString())
                .endsWith("/Submission");
        assertThat(description.at("/components/schemas/Forecast/properties").propertyNames())
                .contains("batches", "pushes_back", "waiting_for");
        assertThat(description.at("/components/schemas/PushedBack/properties").propertyNames())
                .contains("ingestion_id", "would_complete_at");
    }
}
