package dev.batchgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is scraped says what was done, whatever keeps the queue; and nothing else can be asked for. */
class MetricsTests {

    /** For what does not count from the start. */
    private static final Measured SHARED = Measured.embedded();

    @AfterAll
    static void stop() {
        SHARED.close();
    }

    private static final Set<String> KNOWN_VALUES = Set.of(
            "high",
            "medium",
            "low",
            "completed",
            "failed",
            "cancelled",
            "incomplete",
            "unreachable",
            "unsent",
            "delivered",
            "retried",
            "gone",
            "exhausted");

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasDoneIsCountedAndTimed(boolean inPostgres) {
        try (Measured service = inPostgres ? Measured.inPostgres() : Measured.embedded()) {
            service.work();
            // The last dispatch is told of once its ingestion has been seen to end.
            await().until(() -> service.scrape().value("batchgate_slot_lateness_seconds_count") == 5);
            Scrape scrape = service.scrape();

            assertThat(scrape.value("batchgate_ingestions_accepted_total", "priority=high"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_batches_accepted_total", "priority=high"))
                    .isEqualTo(2);
            assertThat(scrape.value("batchgate_ids_accepted_total", "priority=high"))
                    .isEqualTo(4);
            assertThat(scrape.value("batchgate_ids_accepted_total", "priority=low"))
                    .isEqualTo(2);
            assertThat(scrape.value("batchgate_batches_dispatched_total")).isEqualTo(5);
            assertThat(scrape.value("batchgate_batches_retried_total")).isEqualTo(1);
            assertThat(scrape.value("batchgate_batches_ended_total", "outcome=completed"))
                    .isEqualTo(3);
            assertThat(scrape.value("batchgate_batches_ended_total", "outcome=failed"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_ids_ended_total", "outcome=completed"))
                    .isEqualTo(7);
            assertThat(scrape.value("batchgate_ids_ended_total", "outcome=failed"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_upstream_fetch_seconds_count", "outcome=completed"))
                    .isEqualTo(3);
            assertThat(scrape.value("batchgate_upstream_fetch_seconds_count", "outcome=failed"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_upstream_fetch_seconds_count", "outcome=incomplete"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_wait_seconds_count", "priority=high"))
                    .isEqualTo(2);
            assertThat(scrape.value("batchgate_wait_seconds_count", "priority=medium"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_wait_seconds_count", "priority=low"))
                    .isEqualTo(1);
            assertThat(scrape.value("batchgate_commit_seconds_count")).isGreaterThanOrEqualTo(3);
            assertThat(scrape.value("batchgate_commit_changes_sum")).isGreaterThanOrEqualTo(3);
            assertThat(scrape.value("batchgate_ready")).isEqualTo(1);
            assertThat(scrape.value("batchgate_in_flight_batches")).isZero();
            assertThat(scrape.value("batchgate_dispatch_overdue_seconds")).isLessThan(1);
            assertThat(scrape.value("batchgate_interval_seconds")).isEqualTo(0.02);
            assertThat(scrape.value("batchgate_backlog_limit_batches")).isEqualTo(1_000_000);
            assertThat(scrape.value("batchgate_streams_open")).isZero();
            requireFewLabels(scrape);
        }
    }

    /** However many ids, ingestions and clients there are, there are no more series. */
    private static void requireFewLabels(Scrape scrape) {
        assertThat(scrape.ours())
                .allSatisfy(sample -> sample.labels().forEach((label, value) -> {
                    if (!label.equals("le")) {
                        assertThat(KNOWN_VALUES).as(sample.toString()).contains(value);
                    }
                }));
        assertThat(scrape.ours()).hasSizeLessThan(500);
    }

    @Test
    void bucketsReachFromAMillisecondToAnHour() {
        assertThat(SHARED.scrape()
                        .labels("batchgate_slot_lateness_seconds_bucket")
                        .get("le"))
                .contains("0.001", "0.01", "1.0", "60.0", "3600.0", "+Inf");
    }

    @Test
    void whatWaitsIsTold() {
        Http http = SHARED.http();
        http.send("POST", "/queue/pause", "");
        String id = http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");
        // What was looked at for one scrape is what the next second's are told, too.
        await().until(() -> SHARED.scrape().value("batchgate_backlog_batches", "priority=low") == 2);
        await().until(() -> SHARED.scrape().value("batchgate_backlog_oldest_age_seconds", "priority=low") > 1);

        Scrape scrape = SHARED.scrape();
        assertThat(scrape.value("batchgate_paused")).isEqualTo(1);
        assertThat(scrape.value("batchgate_upstream_down")).isZero();
        assertThat(scrape.value("batchgate_backlog_batches", "priority=high")).isZero();
        assertThat(scrape.value("batchgate_backlog_retrying_batches", "priority=low"))
                .isZero();
        assertThat(scrape.value("batchgate_backlog_oldest_age_seconds", "priority=high"))
                .isZero();
        http.send("DELETE", "/ingest/" + id, "");
        http.send("POST", "/queue/resume", "");
    }

    @Test
    void theSameSubmissionTwiceIsOne() {
        double before = SHARED.scrape().value("batchgate_ingestions_accepted_total", "priority=medium");
        SHARED.http().ingest("{\"ids\":[1]}", "Idempotency-Key", "once");
        SHARED.http().ingest("{\"ids\":[1]}", "Idempotency-Key", "once");

        assertThat(SHARED.scrape().value("batchgate_ingestions_accepted_total", "priority=medium"))
                .isEqualTo(before + 1);
    }

    @Test
    void nothingElseOfTheActuatorIsThere() {
        Http http = SHARED.http();
        for (String closed : new String[] {
            "env",
            "beans",
            "configprops",
            "heapdump",
            "threaddump",
            "loggers",
            "metrics",
            "mappings",
            "info",
            "scheduledtasks",
            "conditions",
            "caches",
            "flyway",
            "shutdown",
            "httpexchanges",
            "startup",
            "sbom",
            "auditevents",
            "sessions",
            "logfile",
            "quartz",
            "integrationgraph"
        }) {
            assertThat(http.get("/actuator/" + closed).status()).as(closed).isEqualTo(404);
        }
        assertThat(http.get("/actuator").json().get("_links").propertyNames())
                .containsExactlyInAnyOrder("self", "health", "health-path", "prometheus");
        assertThat(http.send("POST", "/actuator/shutdown", "").status()).isEqualTo(404);
    }
}
