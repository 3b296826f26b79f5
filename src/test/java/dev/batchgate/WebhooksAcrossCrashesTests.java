package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.webhook.Receiver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code kill -9} between ends and the sending of their news: each is told all the same, under one id. */
@Tag("jar")
class WebhooksAcrossCrashesTests {

    private static final int INGESTIONS = 40;

    @TempDir
    private Path folder;

    @Test
    void noEndIsUntoldAfterAKill() throws Exception {
        AtomicBoolean open = new AtomicBoolean();
        Receiver.Script script =
                (arrival, connection) -> Receiver.respond(connection, open.get() ? 200 : 503, "Retry-After: 0\r\n");
        List<String> ids = new ArrayList<>();
        try (FakeUpstream upstream = FakeUpstream.willing();
                Receiver receiver = new Receiver(script)) {
            try (StartedService service = start(upstream).awaitReady()) {
                for (int i = 0; i < INGESTIONS; i++) {
                    ids.add(service.http()
                            .submit("{\"ids\":[%d],\"callback_url\":\"%s\"}".formatted(i + 1, receiver.url("/"))));
                }
                // In the middle: some have ended and been tried, others have just ended, or have not.
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> receiver.arrivals().size() > 5);
            }
            open.set(true);
            int before = receiver.arrivals().size();
            try (StartedService service = start(upstream).awaitReady()) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> ids.stream()
                                .allMatch(id -> deliveries(service.http(), id).contains("\"delivered\"")));
            }
            JsonMapper json = new JsonMapper();
            List<Receiver.Arrival> received =
                    receiver.arrivals().subList(before, receiver.arrivals().size());
            assertThat(received.stream()
                            .map(arrival -> json.readTree(arrival.text())
                                    .get("data")
                                    .get("ingestion_id")
                                    .asString()))
                    .contains(ids.toArray(String[]::new));
            assertThat(receiver.arrivals().stream()
                            .map(arrival -> arrival.headers().get("webhook-id"))
                            .distinct())
                    .hasSize(INGESTIONS);
        }
    }

    private static String deliveries(Http http, String id) {
        return http.get("/ingest/" + id + "/deliveries").response().body();
    }

    private StartedService start(FakeUpstream upstream) {
        return StartedService.start(
                QuickJar.command(),
                folder,
                Map.of(
                        "BATCHGATE_INTERVAL",
                        "20ms",
                        "BATCHGATE_UPSTREAM_URL",
                        upstream.url("/{id}"),
                        "BATCHGATE_WEBHOOK_SECRETS",
                        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                        "BATCHGATE_WEBHOOK_ALLOWED_NETWORKS",
                        "127.0.0.0/8",
                        "BATCHGATE_WEBHOOK_BACKOFF",
                        "100ms"));
    }
}
