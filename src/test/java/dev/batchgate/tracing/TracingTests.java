package dev.batchgate.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.Http;
import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import dev.batchgate.ingestion.Traceparents;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** A dispatch can be followed back to the submission that it works for, whoever makes it; and without a collector there is nothing. */
class TracingTests {

    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String TRACEPARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Collector collector = new Collector();
    private ConfigurableApplicationContext service;

    @AfterEach
    void stop() {
        service.close();
        collector.close();
    }

    private List<String> store(boolean inPostgres) {
        if (!inPostgres) {
            return List.of("--batchgate.store.path=" + folder.resolve("data"));
        }
        DatabaseUrl url = TestPostgres.newDatabase();
        return List.of(
                "--spring.datasource.url=" + url.jdbcUrl(),
                "--spring.datasource.username=" + url.user(),
                "--spring.datasource.password=" + url.password());
    }

    private Http start(List<String> store, String... more) {
        List<String> settings = new ArrayList<>(
                List.of("--server.port=0", "--batchgate.interval=50ms", "--batchgate.upstream.simulated-latency=20ms"));
        settings.addAll(store);
        settings.addAll(List.of(more));
        service = new SpringApplicationBuilder(BatchgateApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean("collector", Collector.class, () -> collector, bean -> {
                            bean.setDestroyMethodName("");
                        }))
                .run(settings.toArray(String[]::new));
        return new Http(((WebServerApplicationContext) service).getWebServer().getPort());
    }

    private Http startTraced(List<String> store) {
        return start(
                store,
                "--" + TracingSwitch.ENDPOINT + "=" + collector.endpoint(),
                "--management.opentelemetry.tracing.export.schedule-delay=100ms");
    }

    /** Starts the service twice, on machines that may be busy. */
    @Timeout(180)
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDispatchIsLinkedToItsSubmissionAcrossARestart(boolean inPostgres) {
        List<String> store = store(inPostgres);
        Http before = startTraced(store);
        before.send("POST", "/queue/pause", "");
        String id = before.ingest("{\"ids\":[1,2,3,4]}", "traceparent", TRACEPARENT)
                .json()
                .get("ingestion_id")
                .asString();
        service.close();
        assertThat(collector.named("dispatch")).isEmpty();
        SpanData submission = collector.named("http post /ingest").stream()
                .filter(span -> span.getTraceId().equals(TRACE))
                .findFirst()
                .orElseThrow();

        Http after = startTraced(store);
        after.send("POST", "/queue/resume", "");
        await().atMost(PATIENCE).until(() -> collector.named("dispatch").size() == 2);

        assertThat(collector.named("dispatch"))
                .allSatisfy(span -> assertThat(span.getLinks()).hasSize(1));
        SpanData dispatch = collector.named("dispatch").stream()
                .filter(span -> span.toString().contains(id + "-1"))
                .findFirst()
                .orElseThrow();
        assertThat(dispatch.getLinks().get(0).getSpanContext().getTraceId()).isEqualTo(TRACE);
        assertThat(dispatch.getLinks().get(0).getSpanContext().getSpanId()).isEqualTo(submission.getSpanId());
        assertThat(dispatch.getTraceId()).isNotEqualTo(TRACE);
        assertThat(dispatch.getAttributes().asMap().toString()).contains("batchgate.ingestion_id=" + id, "completed");
        SpanData fetch = collector.named("fetch").stream()
                .filter(span -> span.getParentSpanId().equals(dispatch.getSpanId()))
                .findFirst()
                .orElseThrow();
        assertThat(fetch.getEndEpochNanos() - fetch.getStartEpochNanos()).isGreaterThanOrEqualTo(20_000_000);
        await().atMost(PATIENCE).until(() -> collector.posted().contains("/v1/traces"));
    }

    @Test
    void whoComesWithoutATraceBeginsOneAndProbesAreNobodys() {
        Http http = startTraced(store(false));
        http.get("/actuator/health/readiness");
        http.get("/actuator/prometheus");
        http.submit("{\"ids\":[1]}");
        await().atMost(PATIENCE).until(() -> collector.named("dispatch").size() == 1);

        assertThat(collector.named("dispatch").get(0).getLinks())
                .singleElement()
                .extracting(link -> link.getSpanContext().getSpanId())
                .isIn(collector.named("http post /ingest").stream()
                        .map(SpanData::getSpanId)
                        .toList());
        assertThat(collector.spans()).noneMatch(span -> span.toString().contains("actuator"));
    }

    @Test
    void withoutACollectorThereIsNothingOfTheKind() {
        Http http = start(store(false));
        String id = http.ingest("{\"ids\":[1]}", "traceparent", TRACEPARENT)
                .json()
                .get("ingestion_id")
                .asString();
        await().atMost(PATIENCE)
                .until(() -> http.get("/status/" + id)
                        .json()
                        .get("status")
                        .asString()
                        .equals("completed"));

        assertThat(service.getBeansOfType(OpenTelemetry.class)).isEmpty();
        assertThat(service.getBeansOfType(io.micrometer.tracing.Tracer.class)).isEmpty();
        assertThat(service.getBeansOfType(DispatchSpans.class)).isEmpty();
        assertThat(service.getBean(Traceparents.class).find(UUID.fromString(id)))
                .isEmpty();
        assertThat(collector.spans()).isEmpty();
        assertThat(collector.posted()).isEmpty();
    }
}
