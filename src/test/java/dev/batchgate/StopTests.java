package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** SIGTERM, which is how platforms deploy: the call in flight ends, its outcome is kept, nothing more begins. */
@Tag("jar")
class StopTests {

    @TempDir
    private Path folder;

    private final CountDownLatch answer = new CountDownLatch(1);

    @Test
    void theCallInFlightEndsAndIsRecordedAndNothingMoreIsAcceptedOrDispatched() throws Exception {
        try (FakeUpstream upstream = waiting();
                StartedService service = start(upstream, "15s")) {
            Http http = service.http();
            String id = http.submit("{\"ids\":[1,2,3,4]}");
            await().until(() -> upstream.log().size() == 3);
            CompletableFuture<Http.Answer> waiting =
                    CompletableFuture.supplyAsync(() -> http.get("/status/" + id, "Prefer", "wait=60"));
            await().during(Duration.ofMillis(500)).until(() -> !waiting.isDone());

            service.process().destroy();
            assertThat(waiting.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            await().until(() -> http.ingest("{\"ids\":[9]}").status() == 503);

            Http.Answer refused = http.ingest("{\"ids\":[9]}");
            assertThat(refused.header("Retry-After")).isEqualTo("10");
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.json().get("error").asString()).startsWith("Batchgate is stopping");
            assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
            assertThat(statusOf(http, id, 0).get("status").asString()).isEqualTo("triggered");
            answer.countDown();
            assertThat(service.exit()).isZero();
            assertThat(service.log()).doesNotContain("ERROR");

            try (StartedService again = start(upstream, "15s")) {
                assertThat(statusOf(again.http(), id, 0).toString())
                        .contains("\"status\":\"completed\"")
                        .doesNotContain("unknown_outcomes");
                await().until(() -> upstream.paths()
                                .equals(upstream.paths().stream().distinct().toList())
                        && upstream.log().size() == 4);
            }
        }
    }

    @Test
    void aCallThatOutlivesTheGraceIsMadeAgainInsteadOfCountingAsTheUpstreamsFailure() throws Exception {
        try (FakeUpstream upstream = waiting();
                StartedService service = start(upstream, "1s")) {
            String id = service.http().submit("{\"ids\":[1]}");
            await().until(() -> upstream.log().size() == 1);

            assertThat(service.terminate()).isZero();
            assertThat(service.log()).contains("will be fetched again after the next start");

            answer.countDown();
            try (StartedService again = start(upstream, "1s")) {
                await().until(() -> statusOf(again.http(), id, 0)
                        .toString()
                        .matches(".*\"status\":\"completed\",\"attempts\":2,.*\"unknown_outcomes\":1}"));
            }
            assertThat(upstream.log())
                    .extracting(arrival -> arrival.headers().get("idempotency-key"))
                    .containsExactly(id + "-1", id + "-1");
        }
    }

    @Test
    void whoIsToldToStopWhileStartingEndsWithoutAFailureToo() throws Exception {
        try (FakeUpstream upstream = waiting();
                StartedService service = launch(upstream, "1s")) {
            await().atMost(Duration.ofSeconds(30)).until(() -> service.log().contains("Starting BatchgateApplication"));

            assertThat(service.terminate()).isZero();
        }
    }

    @Test
    void withNothingInFlightItEndsAtOnce() throws Exception {
        try (FakeUpstream upstream = waiting();
                StartedService service = start(upstream, "15s")) {
            long before = System.nanoTime();

            assertThat(service.terminate()).isZero();

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
        }
    }

    private FakeUpstream waiting() {
        return new FakeUpstream((arrival, connection) -> {
            answer.await();
            return FakeUpstream.respond(connection, 200, "{}");
        });
    }

    private StartedService start(FakeUpstream upstream, String grace) {
        return launch(upstream, grace).awaitReady();
    }

    private StartedService launch(FakeUpstream upstream, String grace) {
        return StartedService.start(
                QuickJar.command(),
                folder,
                Map.of(
                        "BATCHGATE_INTERVAL",
                        "100ms",
                        "BATCHGATE_UPSTREAM_TIMEOUT",
                        "60s",
                        "BATCHGATE_UPSTREAM_URL",
                        upstream.url("/{id}"),
                        "SPRING_LIFECYCLE_TIMEOUT_PER_SHUTDOWN_PHASE",
                        grace));
    }

    private static JsonNode statusOf(Http http, String id, int batch) {
        return http.get("/status/" + id).json().get("batches").get(batch);
    }
}
