package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.DeliveryWatcher;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Webhooks of the whole service, told to a real server. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "batchgate.interval=1ms",
            "batchgate.max-in-flight=10",
            "batchgate.upstream.simulated-latency=0ms",
            "batchgate.webhook.secrets=whsec_bmV3ZXN0bmV3ZXN0bmV3ZXN0bmV3ZXN0," + Webhooks.SECRET,
            "batchgate.webhook.allow-private-addresses=true",
            "batchgate.webhook.backoff=200ms",
            "batchgate.webhook.timeout=2s"
        })
class WebhookTests {

    private static final List<String> attempts = new CopyOnWriteArrayList<>();

    @TestConfiguration
    static class Watched {
        @Bean
        DeliveryWatcher attempts() {
            return (state, status) -> {
                // What other tests have left behind finds nobody any more.
                if (status != null) {
                    attempts.add(state + " " + status);
                }
            };
        }
    }

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
        attempts.clear();
    }

    private String submit(String url) {
        return http.submit("{\"ids\":[1,2,3,4],\"priority\":\"HIGH\",\"callback_url\":\"%s\"}".formatted(url));
    }

    private List<JsonNode> deliveries(String id) {
        return http.get("/ingest/" + id + "/deliveries")
                .json()
                .get("deliveries")
                .valueStream()
                .toList();
    }

    private JsonNode awaitState(String id, String state) {
        await().until(() -> deliveries(id).stream()
                .anyMatch(one -> one.get("state").asString().equals(state)));
        return deliveries(id).get(0);
    }

    @Test
    void anEndIsToldSignedWithEachSecret() throws Exception {
        try (Receiver receiver = Receiver.answering(204)) {
            String id = submit(receiver.url("/hook"));
            JsonNode told = awaitState(id, "delivered");

            Receiver.Arrival arrival = receiver.arrivals().get(0);
            JsonNode event = new JsonMapper().readTree(arrival.text());
            assertThat(event.get("type").asString()).isEqualTo("ingestion.completed");
            assertThat(event.get("data").get("ingestion_id").asString()).isEqualTo(id);
            assertThat(event.get("data").get("progress").toString())
                    .isEqualTo("{\"total\":2,\"completed\":2,\"failed\":0,\"cancelled\":0}");
            assertThat(event.get("timestamp").asString())
                    .isEqualTo(told.get("created_at").asString())
                    .isEqualTo(event.get("data").get("finished_at").asString());
            assertThat(arrival.headers().get("webhook-signature").split(" "))
                    .contains(expected(arrival))
                    .hasSize(2);
            assertThat(told.propertyNames())
                    .containsExactly("id", "event", "state", "attempts", "last_status", "created_at", "delivered_at");
            assertThat(told.get("id").asString()).isEqualTo(arrival.headers().get("webhook-id"));
            await().untilAsserted(() -> assertThat(attempts).containsExactly("DELIVERED 204"));
        }
    }

    /** As a receiver works it out. */
    private static String expected(Receiver.Arrival arrival) throws Exception {
        String seconds = arrival.headers().get("webhook-timestamp");
        assertThat(Instant.ofEpochSecond(Long.parseLong(seconds)))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(Webhooks.SECRET.substring(6)), "HmacSHA256"));
        String signed = arrival.headers().get("webhook-id") + "." + seconds + "." + arrival.text();
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void whatFailsIsSentAgainUnderItsIdUntilItIsReceived() throws Exception {
        try (Receiver receiver = Receiver.answering(500, 301, 429, 200)) {
            JsonNode told = awaitState(submit(receiver.url("/")), "delivered");

            assertThat(told.get("attempts").asInt()).isEqualTo(4);
            assertThat(receiver.arrivals())
                    .extracting(arrival -> arrival.headers().get("webhook-id"))
                    .hasSize(4)
                    .containsOnly(told.get("id").asString());
            assertThat(receiver.arrivals())
                    .extracting(Receiver.Arrival::text)
                    .containsOnly(receiver.arrivals().get(0).text());
            await().untilAsserted(() ->
                    assertThat(attempts).containsExactly("PENDING 500", "PENDING 301", "PENDING 429", "DELIVERED 200"));
        }
    }

    @Test
    void whoeverIsGoneIsLeftAloneUntilSomebodyAsks() throws Exception {
        try (Receiver receiver = Receiver.answering(410, 200)) {
            String id = submit(receiver.url("/"));
            JsonNode gone = awaitState(id, "gone");
            assertThat(gone.get("last_error").asString()).isEqualTo("HTTP status 410");
            assertThat(gone.has("delivered_at")).isFalse();
            String path = "/ingest/" + id + "/deliveries/" + gone.get("id").asString() + "/redeliver";

            JsonNode again = http.send("POST", path, "").json();
            assertThat(again.get("state").asString()).isEqualTo("pending");
            assertThat(again.get("id")).isEqualTo(gone.get("id"));

            assertThat(awaitState(id, "delivered").get("attempts").asInt()).isEqualTo(2);
        }
    }

    @Test
    void nobodyIsToldOfDeliveriesThatThereAreNot() throws Exception {
        String none = "00000000-0000-7000-8000-000000000000";
        String id = http.submit("{\"ids\":[1]}");

        assertThat(deliveries(id)).isEmpty();
        assertThat(http.get("/ingest/" + none + "/deliveries").status()).isEqualTo(404);
        for (String path : List.of(id + "/deliveries/" + none, id + "/deliveries/x", none + "/deliveries/" + none)) {
            Http.Answer answer = http.send("POST", "/ingest/" + path + "/redeliver", "");
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"null", "1", "\"\"", "\"ftp://example.com\"", "\"https://a:b@example.com\"", "[]", "{}"})
    void aUrlThatBreaksARuleIsPointedAt(String url) {
        for (String path : List.of("/ingest", "/queue/forecast")) {
            Http.Answer answer = http.send(
                    "POST",
                    path,
                    "{\"ids\":[1],\"callback_url\":%s}".formatted(url),
                    "Content-Type",
                    "application/json");

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.json().get("errors").get(0).get("pointer").asString())
                    .isEqualTo("/callback_url");
        }
    }

    @Test
    void theDescriptionSaysThatItIsAUrl() {
        JsonNode field = http.get("/v3/api-docs")
                .json()
                .get("components")
                .get("schemas")
                .get("Submission")
                .get("properties")
                .get("callback_url");
        assertThat(field.get("type").asString()).isEqualTo("string");
        assertThat(field.get("format").asString()).isEqualTo("uri");
    }

    @Test
    void theUrlIsToldToNobody() throws Exception {
        try (Receiver receiver = Receiver.answering(500, 200)) {
            String id = submit(receiver.url("/hook?token=secret"));
            for (String path : List.of("/status/" + id, "/ingest/" + id + "/deliveries", "/ingestions")) {
                assertThat(http.get(path).response().body()).doesNotContain("secret");
            }
            awaitState(id, "delivered");
        }
    }

    @Test
    void oneSlowReceiverHoldsUpNobodyElse() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Receiver.Script waiting = (arrival, connection) -> {
            most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            // Until the client has given up.
            connection.getInputStream().read();
            atOnce.decrementAndGet();
        };
        try (Receiver slow = new Receiver(waiting);
                Receiver quick = Receiver.answering(200)) {
            IntStream.range(0, 40).forEach(i -> submit(slow.url("/")));
            await().until(() -> most.get() >= 4);
            awaitState(submit(quick.url("/")), "delivered");

            assertThat(slow.arrivals()).hasSizeLessThan(40);
            // Those that have been given up and those that take their places may overlap here for a moment.
            assertThat(most).hasValueLessThanOrEqualTo(8);
        }
    }

    @Test
    void aThousandThatEndAtOnceAreEachToldOnce() throws Exception {
        try (Receiver receiver = Receiver.answering(200)) {
            Set<String> ids = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                ids.add(http.submit("{\"ids\":[1],\"callback_url\":\"%s\"}".formatted(receiver.url("/"))));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> attempts.size() >= 1_000);

            assertThat(receiver.arrivals())
                    .extracting(arrival -> new JsonMapper()
                            .readTree(arrival.text())
                            .get("data")
                            .get("ingestion_id")
                            .asString())
                    .containsExactlyInAnyOrderElementsOf(ids);
            assertThat(attempts).containsOnly(DeliveryState.DELIVERED + " 200");
        }
    }
}
