package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whoever follows a service that is killed and started again, over and over, misses nothing; and told to stop, it lets go. */
@Tag("jar")
class EventsAcrossCrashesTests {

    private static final int KILLS = 3;
    private static final int IDS = 600;

    @TempDir
    private Path folder;

    private final Map<Long, JsonNode> bySlot = new TreeMap<>();
    private final Map<String, JsonNode> byBatch = new TreeMap<>();
    private long queueTold = -1;
    private long statusTold = -1;

    private StartedService start() {
        return start("3ms");
    }

    private StartedService start(String latency) {
        return StartedService.start(
                        QuickJar.command(),
                        folder,
                        Map.of("BATCHGATE_INTERVAL", "10ms", "BATCHGATE_UPSTREAM_SIMULATED_LATENCY", latency))
                .awaitReady();
    }

    @Test
    void whoGoesOnAfterEachCrashKnowsAllInTheEnd() {
        String id = "";
        for (int kill = 0; kill <= KILLS; kill++) {
            try (StartedService service = start()) {
                if (kill == 0) {
                    id = service.http()
                            .submit("{\"ids\":%s}"
                                    .formatted(IntStream.rangeClosed(1, IDS)
                                            .boxed()
                                            .toList()));
                }
                int before = bySlot.size();
                EventReader queue = follow(service, "/queue/events", queueTold);
                EventReader status = follow(service, "/status/" + id + "/events", statusTold);
                boolean toTheEnd = kill == KILLS;
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    if (toTheEnd) {
                        assertThat(status.hasEnded()).isTrue();
                        requireAllTold(queue);
                    } else {
                        assertThat(queue.events("dispatch")).hasSizeGreaterThan(40);
                    }
                });
                if (!toTheEnd) {
                    service.process().destroyForcibly();
                    await().until(() -> queue.hasEnded() && status.hasEnded());
                } else {
                    assertThat(service.http().get("/status/" + id).json().get("status"))
                            .isEqualTo(status.last().json().get("status"));
                }
                take(queue, status);
                assertThat(bySlot).hasSizeGreaterThan(before);
                if (toTheEnd) {
                    queue.close();
                    assertThat(byBatch)
                            .isEqualTo(
                                    batches(service.http().get("/status/" + id).json()));
                }
            }
        }

        assertThat(bySlot.keySet())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, bySlot.size())
                        .mapToObj(Long::valueOf)
                        .toList());
        assertThat(bySlot.values()).allMatch(dispatch -> dispatch.has("outcome"));
        assertThat(bySlot.values().stream()
                        .filter(dispatch -> dispatch.get("outcome").asString().equals("completed")))
                .hasSize(IDS / 3);
    }

    /** How the queue stands, and the last dispatch; which of them is told first, nobody has promised. */
    private static void requireAllTold(EventReader queue) {
        List<EventReader.Event> states = queue.events("queue");
        List<EventReader.Event> dispatches = queue.events("dispatch");
        assertThat(states.get(states.size() - 1).json().get("in_flight").asInt())
                .isZero();
        assertThat(dispatches.get(dispatches.size() - 1).json().has("outcome")).isTrue();
    }

    private static EventReader follow(StartedService service, String path, long told) {
        return told < 0
                ? new EventReader(service.port(), path)
                : new EventReader(service.port(), path, "Last-Event-ID", String.valueOf(told));
    }

    private void take(EventReader queue, EventReader status) {
        queue.events("dispatch")
                .forEach(event -> bySlot.put(event.json().get("slot").asLong(), event.json()));
        status.events("status").forEach(event -> byBatch.putAll(batches(event.json())));
        queueTold = last(queue, queueTold);
        statusTold = last(status, statusTold);
    }

    private static long last(EventReader reader, long before) {
        OptionalLong last = reader.events().stream()
                .filter(event -> !event.id().isEmpty())
                .mapToLong(EventReader.Event::number)
                .max();
        assertThat(last.orElse(before)).isGreaterThanOrEqualTo(before);
        return last.orElse(before);
    }

    private static Map<String, JsonNode> batches(JsonNode status) {
        Map<String, JsonNode> batches = new TreeMap<>();
        status.get("batches").forEach(batch -> batches.put(batch.get("batch_id").asString(), batch));
        return batches;
    }

    @Test
    void whoFollowsAServiceThatIsToldToStopIsLetGo() {
        try (StartedService service = start("4s")) {
            String id = service.http().submit("{\"ids\":[1]}");
            await().until(() ->
                    service.http().get("/queue").json().get("in_flight").asInt() == 1);
            EventReader queue = follow(service, "/queue/events", -1);
            EventReader status = follow(service, "/status/" + id + "/events", -1);
            await().until(() -> !queue.events().isEmpty() && !status.events().isEmpty());

            service.process().destroy();
            await().atMost(Duration.ofSeconds(2)).until(() -> queue.hasEnded() && status.hasEnded());
            // A browser that was answered with an error would not come again.
            Http.Answer meanwhile = service.http().get("/queue/events", "Accept", "text/event-stream");
            assertThat(meanwhile.status()).isEqualTo(200);
            assertThat(meanwhile.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(meanwhile.response().body()).startsWith("retry: 5000");
            assertThat(service.exit()).isZero();
            assertThat(service.log()).doesNotContain("ERROR", "WARN  ");
        }
    }
}
