package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;

/** Orders over HTTP; what they do is {@link OrdersContract}'s to say. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=10ms", "batchgate.upstream.simulated-latency=1h"})
@DirtiesContext
class OrderControllerTests {

    @LocalServerPort
    private int port;

    private Http http;
    private String busy;

    /** The first ingestion is in flight for good; what comes after it waits. */
    @BeforeEach
    void somethingInFlight() {
        http = new Http(port);
        busy = http.submit("{\"ids\":[1],\"priority\":\"HIGH\"}");
        await().until(() -> http.get("/queue").json().get("in_flight").asInt() == 1);
    }

    @AfterEach
    void nothingIsPaused() {
        http.send("POST", "/queue/resume", "");
    }

    @Test
    void deleteAnswersWithWhatBecameOfIt() {
        String id = http.submit("{\"ids\":[1,2,3,4]}");

        Http.Answer answer = http.send("DELETE", "/ingest/" + id, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("status").asString()).isEqualTo("cancelled");
        assertThat(answer.json().get("progress").toString())
                .isEqualTo("{\"total\":2,\"completed\":0,\"failed\":0,\"cancelled\":2}");
        JsonNode batch = answer.json().get("batches").get(0);
        assertThat(batch.get("status").asString()).isEqualTo("cancelled");
        assertThat(batch.get("attempts").asInt()).isZero();
        assertThat(batch.has("finished_at")).isTrue();
        assertThat(batch.has("started_at")).isFalse();
        Http.Answer again = http.send("DELETE", "/ingest/" + id, "");
        assertThat(again.response().body()).isEqualTo(answer.response().body());
        assertThat(http.get("/status/" + id).response().body())
                .isEqualTo(answer.response().body());
    }

    @Test
    void patchAnswersWithTheNewPriority() {
        String id = http.submit("{\"ids\":[1],\"priority\":\"LOW\"}");

        Http.Answer answer = patch(id, "{\"priority\":\"HIGH\",\"unknown\":[1]}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().get("priority").asString()).isEqualTo("HIGH");
        assertThat(http.get("/status/" + id).json().get("priority").asString()).isEqualTo("HIGH");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                   | /priority is required",
                "{\"priority\":null}                  | /priority must be \"HIGH\", \"MEDIUM\" or \"LOW\".",
                "{\"priority\":\"high\"}              | /priority must be \"HIGH\", \"MEDIUM\" or \"LOW\".",
                "{\"priority\":\"LOW\",\"priority\":\"LOW\"} | /priority is there twice",
                "[]                                   | must be a JSON object such as {\"priority\":\"HIGH\"}",
                "{                                    | is not well-formed JSON",
            })
    void aMoveWithoutAPriorityIsRefused(String body, String detail) {
        Http.Answer answer = patch(busy, body);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("detail").asString()).contains(detail);
        assertThat(answer.json().get("errors")).isNotEmpty();
    }

    @Test
    void aRetryOfWhatHasNotFailedIsAConflict() {
        Http.Answer answer = http.send("POST", "/ingest/" + busy + "/retry", "");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("error").asString()).contains(busy, "nothing to retry");
    }

    @ParameterizedTest
    @CsvSource({"DELETE,''", "PATCH,''", "POST,/retry"})
    void nobodyKnowsAnIngestionThatIsNone(String method, String rest) {
        for (String id : new String[] {UUID.randomUUID().toString(), "nonsense"}) {
            Http.Answer answer = http.send(
                    method, "/ingest/" + id + rest, "{\"priority\":\"LOW\"}", "Content-Type", "application/json");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.json().get("error").asString()).startsWith("There is no ingestion with the id");
        }
    }

    @Test
    void pauseAndResumeAnswerWithTheQueue() {
        Http.Answer paused = http.send("POST", "/queue/pause", "");
        assertThat(paused.status()).isEqualTo(200);
        assertThat(paused.json().get("paused").asBoolean()).isTrue();
        assertThat(paused.json().get("next_slot_at").isNull()).isTrue();
        assertThat(http.get("/queue").json().get("paused").asBoolean()).isTrue();

        Http.Answer resumed = http.send("POST", "/queue/resume", "");
        assertThat(resumed.json().get("paused").asBoolean()).isFalse();
        assertThat(Duration.parse(resumed.json().get("interval").asString())).isEqualTo(Duration.ofMillis(10));
    }

    private Http.Answer patch(String id, String body) {
        return http.send("PATCH", "/ingest/" + id, body, "Content-Type", "application/json");
    }
}
