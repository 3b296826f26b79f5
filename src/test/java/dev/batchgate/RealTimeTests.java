package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * Once for real: the whole service against an HTTP upstream, judged by the upstream's own log. The log is stamped by
 * threads that share a busy machine, hence the tolerances; exactness is the business of the tests on a moved clock.
 */
class RealTimeTests {

    /** How late a request may be noticed, or a batch be started, on a machine that builds something else besides. */
    private static final Duration NOISE = Duration.ofMillis(200);

    private final FakeUpstream upstream = FakeUpstream.willing();
    private ConfigurableApplicationContext service;
    private Http http;

    @AfterEach
    void stop() throws Exception {
        service.close();
        upstream.close();
    }

    private void start(String interval) {
        start(interval, upstream.url("/items/{id}"));
    }

    private void start(String interval, String url) {
        service = SpringApplication.run(
                BatchgateApplication.class,
                "--server.port=0",
                "--batchgate.interval=" + interval,
                "--batchgate.upstream.url=" + url);
        http = new Http(((WebServerApplicationContext) service).getWebServer().getPort());
    }

    @Test
    void theWorkedExample() {
        start("5s");
        String medium = http.submit("{\"ids\":[1,2,3,4,5],\"priority\":\"MEDIUM\"}");
        await().pollDelay(Duration.ofSeconds(4)).until(() -> true);
        String high = http.submit("{\"ids\":[6,7,8,9],\"priority\":\"HIGH\"}");
        await().atMost(Duration.ofSeconds(20)).until(() -> upstream.log().size() == 9);

        Map<Long, List<Integer>> bySlot = new TreeMap<>();
        long start = upstream.log().get(0).nanos();
        for (FakeUpstream.Arrival arrival : upstream.log()) {
            long slot = Math.round((arrival.nanos() - start) / 5e9);
            assertThat(Duration.ofNanos(Math.abs(arrival.nanos() - start - slot * 5_000_000_000L)))
                    .as("distance from the slot at T%d", 5 * slot)
                    .isLessThan(NOISE);
            bySlot.computeIfAbsent(5 * slot, t -> new ArrayList<>()).add(id(arrival));
        }
        bySlot.values().forEach(ids -> ids.sort(null));
        assertThat(bySlot)
                .isEqualTo(Map.of(0L, List.of(1, 2, 3), 5L, List.of(6, 7, 8), 10L, List.of(9), 15L, List.of(4, 5)));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(List.of(medium, high))
                        .allSatisfy(id -> assertThat(http.get("/status/" + id)
                                        .json()
                                        .get("status")
                                        .asString())
                                .isEqualTo("completed")));
    }

    @Test
    void afterIdlingABatchStartsAtOnceAndNoneOfTheSlotsThatPassedIsMadeUpFor() {
        start("300ms");
        List<Long> delays = new ArrayList<>();
        for (int round = 1; round <= 5; round++) {
            await().pollDelay(Duration.ofMillis(800)).until(() -> true);
            int before = upstream.log().size();
            long submitted = System.nanoTime();
            http.submit("{\"ids\":[1,2,3,4,5,6]}");
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> upstream.log().size() >= before + 6);
            List<FakeUpstream.Arrival> burst = upstream.log().subList(before, before + 6);
            delays.add(burst.get(0).nanos() - submitted);
            assertThat(Duration.ofNanos(burst.get(3).nanos() - burst.get(0).nanos()))
                    .isBetween(Duration.ofMillis(280), Duration.ofMillis(300).plus(NOISE));
        }

        delays.sort(null);
        assertThat(Duration.ofNanos(delays.get(2))).as("median of %s", delays).isLessThan(Duration.ofMillis(50));
    }

    @Test
    void aBusyGateNeverGetsAheadOfItsPace() {
        start("10ms");
        int batches = 200;
        http.submit("{\"ids\":"
                + IntStream.rangeClosed(1, 3 * batches).boxed().toList().toString() + "}");
        await().atMost(Duration.ofSeconds(30)).until(() -> upstream.log().size() == 3 * batches);

        long[] starts = new long[batches];
        Arrays.fill(starts, Long.MAX_VALUE);
        upstream.log().forEach(arrival -> {
            int batch = (id(arrival) - 1) / 3;
            starts[batch] = Math.min(starts[batch], arrival.nanos());
        });
        // One start may be noticed late, which makes it seem near to the next; no stretch of them can be.
        for (int from = 0; from + 20 < batches; from++) {
            assertThat(Duration.ofNanos(starts[from + 20] - starts[from]))
                    .as("20 intervals from batch %d", from)
                    .isGreaterThan(Duration.ofMillis(180));
        }
    }

    @Test
    void whatTheUpstreamRefusesIsToldInTheStatus() throws Exception {
        try (FakeUpstream refusing = new FakeUpstream((arrival, connection) ->
                FakeUpstream.respond(connection, arrival.path().equals("/2") ? 404 : 200, "{}"))) {
            start("1ms", refusing.url("/{id}"));
            String id = http.submit("{\"ids\":[1,2,3,4]}");

            await().until(() ->
                    http.get("/status/" + id).json().get("status").asString().equals("failed"));

            JsonNode batches = http.get("/status/" + id).json().get("batches");
            assertThat(batches.get(0).get("batch_id").asString()).isEqualTo(id + "-1");
            assertThat(batches.get(0).get("error").asString())
                    .isEqualTo("id 2: the upstream answered with HTTP status 404");
            assertThat(batches.get(1).propertyNames())
                    .containsExactly("batch_id", "ids", "status", "attempts", "started_at", "finished_at");
            assertThat(http.get("/status/" + id).json().get("progress").toString())
                    .isEqualTo("{\"total\":2,\"completed\":1,\"failed\":1,\"cancelled\":0}");
        }
    }

    private static int id(FakeUpstream.Arrival arrival) {
        return Integer.parseInt(arrival.path().substring("/items/".length()));
    }
}
