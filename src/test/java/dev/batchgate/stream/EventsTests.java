package dev.batchgate.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.EventReader;
import dev.batchgate.EventReader.Event;
import dev.batchgate.Http;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import tools.jackson.databind.JsonNode;

/** Who follows one ingestion, and who follows the queue. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=5ms", "batchgate.upstream.simulated-latency=1ms"})
@DirtiesContext
class EventsTests {

    private static final int MANY_IDS = 900;

    @LocalServerPort
    private int port;

    private final List<EventReader> readers = new ArrayList<>();
    private Http http;

    @BeforeEach
    void nothingGoesOnByItself() {
        http = new Http(port);
        pause();
    }

    @AfterEach
    void disconnect() {
        readers.forEach(EventReader::close);
        resume();
        await().until(() -> http.get("/queue").json().get("in_flight").asInt() == 0);
    }

    private void pause() {
        http.send("POST", "/queue/pause", "");
    }

    private void resume() {
        http.send("POST", "/queue/resume", "");
    }

    private void move(String id, String priority) {
        http.send("PATCH", "/ingest/" + id, "{\"priority\":\"" + priority + "\"}", "Content-Type", "application/json");
    }

    private String submit(int ids) {
        return http.submit(
                "{\"ids\":%s}".formatted(IntStream.rangeClosed(1, ids).boxed().toList()));
    }

    private EventReader follow(String path, String... headers) {
        EventReader reader = new EventReader(port, path, headers);
        readers.add(reader);
        return reader;
    }

    private static void assertAscending(List<Event> events) {
        assertThat(events)
                .filteredOn(event -> !event.id().isEmpty())
                .extracting(Event::number)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void anIngestionIsFollowedToItsEnd() {
        String id = submit(7);
        EventReader reader = follow("/status/" + id + "/events");
        await().until(() -> reader.events().size() == 1);
        assertThat(reader.status()).isEqualTo(200);
        assertThat(reader.header("Content-Type")).isEqualTo("text/event-stream");
        assertThat(reader.header("Cache-Control")).isEqualTo("no-store");
        assertThat(reader.last().name()).isEqualTo("status");
        assertThat(reader.last().id()).isEqualTo("0");
        assertThat(reader.last().json()).isEqualTo(http.get("/status/" + id).json());

        resume();

        await().until(reader::hasEnded);
        assertAscending(reader.events());
        assertThat(reader.last().json()).isEqualTo(http.get("/status/" + id).json());
        assertThat(reader.last().json().get("status").asString()).isEqualTo("completed");
        assertThat(reader.last().id()).isEqualTo("6");
        assertThat(follow("/status/" + id + "/events", "Last-Event-ID", "6").status())
                .isEqualTo(204);
        EventReader late = follow("/status/" + id + "/events", "Last-Event-ID", "5");
        await().until(late::hasEnded);
        assertThat(late.events()).hasSize(1);
    }

    @Test
    void whoComesAgainIsToldOnceSomethingIsNew() {
        String id = submit(4);
        move(id, "LOW");
        try (EventReader first = follow("/status/" + id + "/events")) {
            await().until(() -> first.events().size() == 1);
            assertThat(first.last().id()).isEqualTo("1");
        }

        EventReader again = follow("/status/" + id + "/events", "Last-Event-ID", "1");
        await().during(Duration.ofMillis(200)).until(() -> again.events().isEmpty());
        move(id, "HIGH");
        await().until(() -> again.events().size() == 1);
        assertThat(again.last().id()).isEqualTo("2");
        EventReader missed = follow("/status/" + id + "/events", "Last-Event-ID", "1");
        await().until(() -> missed.events().size() == 1);
        assertThat(missed.last().json()).isEqualTo(again.last().json());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "99999999999999999999999", "4711"})
    void whoComesWithANumberThatNeverWasIsToldEverything(String lastEventId) {
        String id = submit(4);

        EventReader reader = follow("/status/" + id + "/events", "Last-Event-ID", lastEventId);

        await().until(() -> reader.events().size() == 1);
        assertThat(reader.last().json()).isEqualTo(http.get("/status/" + id).json());
    }

    /** Of a large one, what is different; put together, that is all there is. */
    @Test
    void ofManyBatchesThoseAreToldThatChanged() {
        String id = submit(MANY_IDS);
        EventReader reader = follow("/status/" + id + "/events");
        await().until(() -> !reader.events().isEmpty());
        assertThat(reader.last().json()).isEqualTo(http.get("/status/" + id).json());
        assertThat(reader.last().json().get("batches").size()).isEqualTo(MANY_IDS / 3);
        resume();
        await().until(() -> reader.events().size() > 20);
        EventReader joined = follow("/status/" + id + "/events");

        await().atMost(Duration.ofSeconds(30)).until(() -> reader.hasEnded() && joined.hasEnded());

        JsonNode status = http.get("/status/" + id).json();
        for (EventReader each : List.of(reader, joined)) {
            assertAscending(each.events());
            assertThat(putTogether(each.events())).isEqualTo(byId(status));
            assertThat(each.last().json().get("progress")).isEqualTo(status.get("progress"));
        }
        int told = reader.events().stream()
                .skip(1)
                .mapToInt(event -> event.json().get("batches").size())
                .sum();
        assertThat(told).as("batches told of again").isLessThan(3 * MANY_IDS / 3);
    }

    private static Map<String, JsonNode> byId(JsonNode status) {
        return status.get("batches")
                .valueStream()
                .collect(Collectors.toMap(batch -> batch.get("batch_id").asString(), Function.identity()));
    }

    private static Map<String, JsonNode> putTogether(List<Event> events) {
        Map<String, JsonNode> all = new HashMap<>();
        events.forEach(event -> all.putAll(byId(event.json())));
        return all;
    }

    @Test
    void theQueueIsToldAsItStandsAndThenWhenItChanges() {
        EventReader reader = follow("/queue/events");
        await().until(() -> !reader.events("queue").isEmpty());
        Event first = reader.events().get(0);
        assertThat(first.name()).isEqualTo("queue");
        assertThat(first.id()).isNotEmpty();
        assertThat(first.json()).isEqualTo(http.get("/queue").json());

        String id = submit(4);
        await().until(() ->
                reader.last().json().get("waiting").get("MEDIUM").get("batches").asInt() == 2);
        move(id, "HIGH");
        await().until(() ->
                reader.last().json().get("waiting").get("HIGH").get("batches").asInt() == 2);
        resume();
        await().until(() -> reader.events("queue").stream()
                .anyMatch(event -> !event.json().get("paused").asBoolean()));
        await().until(() -> reader.events("dispatch").stream()
                        .filter(event ->
                                event.json().get("ingestion_id").asString().equals(id))
                        .filter(event -> event.json().has("outcome"))
                        .count()
                == 2);
        assertAscending(reader.events());
    }

    @Test
    void whoWasAwayIsToldOfEachDispatchThatItMissed() {
        submit(30);
        resume();
        EventReader before = follow("/queue/events");
        await().until(() -> outcomes(before).size() >= 5);
        before.close();
        long told = before.events().stream()
                .filter(event -> !event.id().isEmpty())
                .mapToLong(Event::number)
                .max()
                .orElseThrow();
        String last = submit(1_500);
        // 500 batches, each with its commits: seconds, and more of them where others use the disk.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> http.get("/status/" + last).json().get("status").asString(), "completed"::equals);

        EventReader after = follow("/queue/events", "Last-Event-ID", Long.toString(told));

        await().until(() -> outcomes(after).containsValue("completed")
                && outcomes(after).size() + outcomes(before).size() >= 510);
        assertThat(after.events().get(0).name()).isEqualTo("queue");
        assertThat(after.events().get(0).id()).isEmpty();
        assertAscending(after.events());
        Map<Long, String> all = outcomes(before);
        all.putAll(outcomes(after));
        List<Long> slots = all.keySet().stream().sorted().toList();
        assertThat(slots.get(slots.size() - 1) - slots.get(0)).isEqualTo(slots.size() - 1);
        assertThat(all.values()).containsOnly("completed");
    }

    /** By slot. */
    private static Map<Long, String> outcomes(EventReader reader) {
        Map<Long, String> outcomes = new HashMap<>();
        reader.events("dispatch").stream()
                .map(Event::json)
                .filter(dispatch -> dispatch.has("outcome"))
                .forEach(dispatch -> outcomes.put(
                        dispatch.get("slot").asLong(), dispatch.get("outcome").asString()));
        return outcomes;
    }

    @Test
    void whoComesForTheFirstTimeIsToldOfTheLastHundred() {
        String last = submit(360);
        resume();
        await().until(() -> http.get("/status/" + last).json().get("status").asString(), "completed"::equals);

        EventReader reader = follow("/queue/events");

        await().until(() -> reader.events("dispatch").size() >= 100);
        await().during(Duration.ofMillis(100))
                .until(() -> reader.events("dispatch").size() == 100);
        assertThat(reader.events("dispatch").get(99).json().get("batch_id").asString())
                .isEqualTo(last + "-120");
        assertAscending(reader.events());
    }

    @Test
    void errorsAreProblemsHereToo() {
        assertThat(http.get("/status/nope/events", "Accept", "text/event-stream")
                        .status())
                .isEqualTo(404);
        assertThat(http.get("/status/nope/events", "Accept", "text/event-stream")
                        .header("Content-Type"))
                .isEqualTo("application/problem+json");
        assertThat(http.get("/queue/events", "Accept", "application/json").status())
                .isEqualTo(406);
        assertThat(http.get("/queue/events", "Accept", "application/json")
                        .json()
                        .get("error")
                        .asString())
                .contains("text/event-stream");
        assertThat(http.send("POST", "/queue/events", "").status()).isEqualTo(405);
        assertThat(http.send("HEAD", "/queue/events", "").status()).isEqualTo(200);
        assertThat(http.send("HEAD", "/status/" + submit(1) + "/events", "").status())
                .isEqualTo(200);
    }
}
