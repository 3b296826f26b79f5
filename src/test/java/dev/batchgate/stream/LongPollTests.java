package dev.batchgate.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;

/** {@code GET /status/{id}} for who waits, and for who has seen it before. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "batchgate.interval=10ms",
            "batchgate.upstream.simulated-latency=1h",
            // Nobody waits for that hour, either.
            "spring.lifecycle.timeout-per-shutdown-phase=1ms",
        })
@DirtiesContext
class LongPollTests {

    private static final int CROWD = 300;

    /** As many as may wait at once, about. */
    private static final int MOST = 395;

    @LocalServerPort
    private int port;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Http http;
    private String waiting;

    /** Behind one that is in flight for good, so that it changes when it is told to, and never else. */
    @BeforeEach
    void somethingThatWaits() {
        http = new Http(port);
        http.submit("{\"ids\":[1],\"priority\":\"HIGH\"}");
        await().until(() -> http.get("/queue").json().get("in_flight").asInt() == 1);
        waiting = http.submit("{\"ids\":[1,2,3,4],\"priority\":\"LOW\"}");
    }

    private CompletableFuture<HttpResponse<String>> poll(String... headers) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/status/" + waiting))
                .headers(headers)
                .build();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String tag(HttpResponse<?> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }

    private void move(String priority) {
        assertThat(http.send(
                                "PATCH",
                                "/ingest/" + waiting,
                                "{\"priority\":\"" + priority + "\"}",
                                "Content-Type",
                                "application/json")
                        .status())
                .isEqualTo(200);
    }

    private static void doNotEnd(Stream<? extends CompletableFuture<?>> polls) {
        List<? extends CompletableFuture<?>> all = polls.toList();
        await().during(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(2))
                .until(() -> all.stream().noneMatch(CompletableFuture::isDone));
    }

    @Test
    void whoWaitsIsAnsweredOnceItChanges() {
        var poll = poll("Prefer", "wait=30");
        doNotEnd(Stream.of(poll));

        move("MEDIUM");

        HttpResponse<String> answer = poll.join();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=30");
        assertThat(answer.body()).contains("\"priority\":\"MEDIUM\"");
        assertThat(tag(answer)).isEqualTo(http.get("/status/" + waiting).header("ETag"));
    }

    @Test
    void whoHasNotSeenTheLatestIsAnsweredAtOnceAndWhoHasWaitsForMore() {
        String first = tag(poll("Accept", "*/*").join());
        move("MEDIUM");

        HttpResponse<String> missed =
                poll("Prefer", "wait=30", "If-None-Match", first).join();
        assertThat(missed.statusCode()).isEqualTo(200);
        var next = poll("Prefer", "respond-async, wait=30", "If-None-Match", "\"other\", " + tag(missed));
        doNotEnd(Stream.of(next));
        http.send("DELETE", "/ingest/" + waiting, "");

        assertThat(next.join().body()).contains("\"status\":\"cancelled\"");
    }

    @Test
    void whoHasWaitedLongEnoughIsToldThatNothingHasChanged() {
        String known = tag(poll("Accept", "*/*").join());
        long before = System.nanoTime();

        var without = poll("Prefer", "wait=1");
        var with = poll("Prefer", "wait=1", "If-None-Match", known);

        assertThat(with.join().statusCode()).isEqualTo(304);
        assertThat(with.join().body()).isEmpty();
        assertThat(tag(with.join())).isEqualTo(known);
        assertThat(with.join().headers().firstValue("Preference-Applied")).hasValue("wait=1");
        assertThat(without.join().statusCode()).isEqualTo(200);
        assertThat(tag(without.join())).isEqualTo(known);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(990));
    }

    @Test
    void thereIsNothingToWaitForOnceItHasEnded() {
        http.send("DELETE", "/ingest/" + waiting, "");

        HttpResponse<String> answer = poll("Prefer", "wait=3600").join();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Preference-Applied")).hasValue("wait=60");
        assertThat(poll("Prefer", "wait=60", "If-None-Match", tag(answer))
                        .join()
                        .statusCode())
                .isEqualTo(304);
    }

    @Test
    void whoeverHasTheLatestIsNotSentItAgain() {
        HttpResponse<String> answer = poll("Accept", "application/json").join();
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-cache");

        assertThat(tag(answer)).startsWith("W/\"");
        assertThat(poll("If-None-Match", tag(answer)).join().statusCode()).isEqualTo(304);
        assertThat(poll("If-None-Match", tag(answer).substring(2)).join().statusCode())
                .isEqualTo(304);
        move("HIGH");
        assertThat(poll("If-None-Match", tag(answer)).join().statusCode()).isEqualTo(200);
        move("LOW");
        assertThat(poll("If-None-Match", tag(answer)).join().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"wait", "wait=", "wait=-1", "wait=1.5", "wait=soon", "wait=9999999999", "foo", "wait=0", ""})
    void whoeverDoesNotSayHowLongIsAnsweredAtOnce(String prefer) {
        var poll = poll("Prefer", prefer);

        assertThat(poll.join().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "\"", "W/", "W/\"", "\"a\",,\"b", "", "é"})
    void tagsThatAreNoneStandForNothing(String tags) {
        assertThat(poll("If-None-Match", tags).join().statusCode()).isEqualTo(200);
        assertThat(poll("If-None-Match", tags, "Prefer", "wait=0").join().statusCode())
                .isEqualTo(200);
    }

    @Test
    void nobodyWaitsForWhatThereIsNot() {
        Http.Answer answer = http.get("/status/unknown", "Prefer", "wait=30");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void aCrowdThatWaitsKeepsNobodyWaiting() {
        String known = tag(poll("Accept", "*/*").join());
        var crowd = IntStream.range(0, CROWD)
                // Who comes late, and finds it changed, need not wait for more.
                .mapToObj(i -> poll("Prefer", "wait=60", "If-None-Match", known))
                .toList();
        doNotEnd(crowd.stream());

        // The last of them may be on its way into its wait, which is a minute.
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().values())
                        .as("threads that serve a request")
                        .noneMatch(stack -> Stream.of(stack)
                                .anyMatch(frame -> frame.getClassName().endsWith(".ApplicationFilterChain"))));
        move("HIGH");

        assertThat(crowd).allMatch(poll -> poll.join().body().contains("\"priority\":\"HIGH\""));
    }

    @Test
    void whoeverIsOneTooManyIsAnsweredAtOnceAndKeepsNobodyOut() {
        var crowd = new ArrayList<>(IntStream.range(0, MOST)
                .mapToObj(i -> poll("Prefer", "wait=60"))
                .toList());
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            crowd.add(poll("Prefer", "wait=60"));
            return crowd.stream()
                    .filter(CompletableFuture::isDone)
                    .map(CompletableFuture::join)
                    .anyMatch(answer -> answer.statusCode() == 200
                            && answer.headers().firstValue("Preference-Applied").isEmpty());
        });

        assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
        move("HIGH");
        assertThat(crowd).allMatch(poll -> poll.join().statusCode() == 200);
    }
}
