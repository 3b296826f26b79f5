package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Every rule of {@code GET /ingestions}. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=1h", "batchgate.upstream.simulated-latency=1h"})
class ListingControllerTests {

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    private static List<String> ids(JsonNode page) {
        return page.get("ingestions")
                .valueStream()
                .map(one -> one.get("ingestion_id").asString())
                .toList();
    }

    @Test
    void everyIngestionIsOnOnePageAndTheLastOneLeadsNowhere() {
        List<String> newestFirst = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            newestFirst.add(0, http.submit("{\"ids\":[1]}"));
        }

        List<String> seen = new ArrayList<>();
        JsonNode page = http.get("/ingestions?limit=2").json();
        while (page.has("next")) {
            assertThat(page.propertyNames()).containsExactly("ingestions", "next");
            assertThat(ids(page)).hasSize(2);
            assertThat(page.get("next").asString()).isEqualTo(ids(page).get(1));
            seen.addAll(ids(page));
            page = http.get("/ingestions?limit=2&before=" + page.get("next").asString())
                    .json();
        }
        assertThat(page.propertyNames()).containsExactly("ingestions");
        seen.addAll(ids(page));

        assertThat(seen).doesNotHaveDuplicates().startsWith(newestFirst.toArray(String[]::new));
    }

    @Test
    void anIngestionIsListedAsItsStatusShowsItWithoutItsBatches() {
        http.submit("{\"ids\":[1]}");
        String id = http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");

        JsonNode listed =
                http.get("/ingestions?limit=1").json().get("ingestions").get(0);

        JsonNode status = http.get("/status/" + id).json();
        assertThat(listed.propertyNames())
                .containsExactlyElementsOf(status.propertyNames().stream()
                        .filter(name -> !name.equals("batches"))
                        .toList());
        for (String same : List.of("ingestion_id", "status", "priority", "created_at", "progress", "position")) {
            assertThat(listed.get(same)).isEqualTo(status.get(same));
        }
    }

    @Test
    void whatHasEndedIsListedWithoutAForecast() {
        http.submit("{\"ids\":[1],\"priority\":\"HIGH\"}");
        String id = http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");
        http.send("DELETE", "/ingest/" + id, "");

        JsonNode listed =
                http.get("/ingestions?limit=1").json().get("ingestions").get(0);

        assertThat(listed.propertyNames())
                .containsExactly("ingestion_id", "status", "priority", "created_at", "progress");
        assertThat(listed.get("status").asString()).isEqualTo("cancelled");
        assertThat(listed.get("progress").toString())
                .isEqualTo("{\"total\":2,\"completed\":0,\"failed\":0,\"cancelled\":2}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "101",
                "-1",
                "1.0",
                "1e1",
                "x",
                "%201",
                "",
                "4294967297",
                "99999999999999999999",
                "1&limit=2",
                "%D9%A1"
            })
    void aLimitThatIsNoneIsRefused(String limit) {
        Http.Answer answer = http.get("/ingestions?limit=" + limit);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("error").asString()).isEqualTo("The limit must be an integer from 1 to 100.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "", "1-1-1-1-1", "00000000-0000-0000-0000-000000000000", "null", "%00"})
    void anIngestionToBeginBeforeThatIsNotThereIsRefused(String before) {
        Http.Answer answer = http.get("/ingestions?before=" + before);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.json().get("error").asString()).startsWith("There is no ingestion that before names");
        assertThat(answer.json().has("errors")).isFalse();
    }

    @Test
    void theListIsDescribed() {
        JsonNode description = http.get("/v3/api-docs").json();

        assertThat(description.at("/paths/~1ingestions/get/parameters").valueStream())
                .extracting(parameter -> parameter.get("name").asString())
                .containsExactlyInAnyOrder("limit", "before");
        assertThat(description.at("/components/schemas/Ingestions/properties").propertyNames())
                .containsExactlyInAnyOrder("ingestions", "next");
    }
}
