package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.FakeUpstream.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUpstreamTests {

    private static final Duration GENEROUS = Duration.ofSeconds(10);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final BatchgateProperties GATE = new BatchgateProperties(
            3, Duration.ofMillis(1), 1, new BatchgateProperties.Limits(10_000, 1_000_000_007, 1_000_000));

    @Test
    void anIdInTheUrlMeansOneRequestPerIdAndAllAtOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(3);
        FakeUpstream.Script onceAllAreHere = (arrival, connection) -> {
            all.countDown();
            boolean together = all.await(5, TimeUnit.SECONDS);
            return respond(connection, together ? 200 : 500, "{\"id\":\"" + arrival.path() + "\"}");
        };
        try (FakeUpstream server = new FakeUpstream(onceAllAreHere);
                HttpUpstream upstream = upstream(server.url("/items/{id}?full=1"), GENEROUS)) {
            assertThat(bodies(fetch(upstream, 7, 8, 9)))
                    .containsExactly(
                            "{\"id\":\"/items/7?full=1\"}",
                            "{\"id\":\"/items/8?full=1\"}",
                            "{\"id\":\"/items/9?full=1\"}");
        }
    }

    @Test
    void aBatchThatIsLargerThanIsConfiguredTodayGoesAllAtOnceToo() throws Exception {
        CountDownLatch all = new CountDownLatch(9);
        FakeUpstream.Script onceAllAreHere = (arrival, connection) -> {
            all.countDown();
            return respond(connection, all.await(5, TimeUnit.SECONDS) ? 200 : 500, "{}");
        };
        try (FakeUpstream server = new FakeUpstream(onceAllAreHere);
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            assertThat(fetch(upstream, 1, 2, 3, 4, 5, 6, 7, 8, 9)).isInstanceOf(Outcome.Completed.class);
        }
    }

    @Test
    void idsInTheUrlMeanOneRequestForTheBatch() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/items?ids={ids}"), GENEROUS)) {
            assertThat(bodies(fetch(upstream, 7, 8, 7))).containsExactly("{\"data\":\"processed\"}");
            assertThat(server.paths()).containsExactly("/items?ids=7,8,7");
        }
    }

    @Test
    void configuredHeadersAreSentWithEveryRequest() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = new HttpUpstream(
                        new UrlTemplate(server.url("/{id}")),
                        Map.of("Authorization", "Bearer secret", "X-Team", "blue"),
                        GENEROUS,
                        GATE)) {
            fetch(upstream, 1, 2);

            assertThat(server.log())
                    .hasSize(2)
                    .allSatisfy(arrival -> assertThat(arrival.headers())
                            .containsEntry("authorization", "Bearer secret")
                            .containsEntry("x-team", "blue")
                            .containsEntry("user-agent", "batchgate"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/{id}", "/?ids={ids}"})
    void everyRequestCarriesTheIdOfItsBatchWhateverIsConfigured(String rest) throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = new HttpUpstream(
                        new UrlTemplate(server.url(rest)), Map.of("idempotency-key", "configured"), GENEROUS, GATE)) {
            Batch batch = batch(1, 2, 3);
            upstream.fetch(batch, () -> {}).toCompletableFuture().get(5, TimeUnit.SECONDS);

            assertThat(server.log())
                    .isNotEmpty()
                    .allSatisfy(arrival -> assertThat(arrival.headers()).containsEntry("idempotency-key", batch.id()));
        }
    }

    @Test
    void connectionsAreReusedFromBatchToBatch() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            for (int batch = 0; batch < 20; batch++) {
                fetch(upstream, 1, 2, 3);
            }

            assertThat(server.log().stream()
                            .map(FakeUpstream.Arrival::connection)
                            .distinct())
                    .hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void aConnectionThatTheUpstreamIsAboutToCloseIsNotReused() throws Exception {
        FakeUpstream.Script closingSoon =
                (arrival, connection) -> respond(connection, 200, "{}", "Keep-Alive: timeout=1");
        try (FakeUpstream server = new FakeUpstream(closingSoon);
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            fetch(upstream, 1);
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            fetch(upstream, 1);

            assertThat(server.log())
                    .extracting(FakeUpstream.Arrival::connection)
                    .containsExactly(1, 2);
        }
    }

    @Test
    void aConnectionThatTheUpstreamClosedWithoutAWordIsNotReused() throws Exception {
        FakeUpstream.Script closingOnTheSly = (arrival, connection) -> {
            respond(connection, 200, "{}");
            return false;
        };
        try (FakeUpstream server = new FakeUpstream(closingOnTheSly);
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            for (int batch = 0; batch < 5; batch++) {
                assertThat(fetch(upstream, 1)).isInstanceOf(Outcome.Completed.class);
                await().pollDelay(Duration.ofMillis(50)).until(() -> server.open() == 0);
            }
        }
    }

    @Test
    void whatFailsIsAskedOnceAndNotBehindTheGatesBack() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        FakeUpstream.Script closing = (arrival, connection) -> asked.incrementAndGet() < 0;
        try (FakeUpstream server = new FakeUpstream(closing);
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            assertThat(reason(fetch(upstream, 1))).contains("broke the connection");
            assertThat(asked).hasValue(1);
        }
    }

    static Stream<Arguments> misbehaviour() {
        return Stream.of(
                script("HTTP status 404", (a, c) -> respond(c, 404, "{}")),
                script("HTTP status 503", (a, c) -> respond(c, 503, "busy", "Retry-After: 1")),
                script("HTTP status 302", (a, c) -> respond(c, 302, "", "Location: /elsewhere")),
                script("broke the connection", (a, c) -> {
                    c.setSoLinger(true, 0);
                    return false;
                }),
                script("broke the connection", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cut");
                    return false;
                }),
                script("not valid HTTP", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n");
                    return false;
                }),
                script("no complete answer within 1000 ms", (a, c) -> {
                    new CountDownLatch(1).await();
                    return false;
                }),
                script("no complete answer within 1000 ms", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                    for (int i = 0; i < 600; i++) {
                        write(c, "x");
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                    return false;
                }),
                script("larger than 1048576 bytes", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\n\r\n");
                    for (int i = 0; i < 100_000; i++) {
                        write(c, "x".repeat(10_000));
                    }
                    return false;
                }));
    }

    private static Arguments script(String reason, FakeUpstream.Script script) {
        return Arguments.of(reason, script);
    }

    @ParameterizedTest(name = "{index}: {0}")
    @MethodSource("misbehaviour")
    void whateverTheUpstreamDoesTheBatchFailsWithTheReason(String reason, FakeUpstream.Script script) throws Exception {
        FakeUpstream.Script onlyForTwo = (arrival, connection) ->
                arrival.path().equals("/2") ? script.answer(arrival, connection) : respond(connection, 200, "{}");
        try (FakeUpstream server = new FakeUpstream(onlyForTwo);
                HttpUpstream upstream = upstream(server.url("/{id}"), reason.contains("1000 ms") ? SHORT : GENEROUS)) {
            assertThat(reason(fetch(upstream, 1, 2, 3)))
                    .startsWith("id 2: ")
                    .contains(reason)
                    .doesNotContain("id 1");

            assertThat(fetch(upstream, 1, 3)).isInstanceOf(Outcome.Completed.class);
        }
    }

    @Test
    void aServerThatIsNotThereFailsTheBatch() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (HttpUpstream upstream = upstream("http://127.0.0.1:" + port + "/{id}", GENEROUS)) {
            assertThat(reason(fetch(upstream, 1)))
                    .isEqualTo("id 1: no connection to the upstream (refused or unreachable)");
        }
        try (HttpUpstream upstream = upstream("http://upstream.invalid/{id}", GENEROUS)) {
            assertThat(reason(fetch(upstream, 1))).contains("cannot be resolved");
        }
    }

    @Test
    void theTimeoutCoversConnectingAndWhatWasGivenUpOnNeverLeaves() throws Exception {
        // A listener whose queue is full: connecting hangs until somebody accepts.
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<AutoCloseable> fillers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                fillers.add(new Socket(full.getInetAddress(), full.getLocalPort()));
            }
            AtomicInteger departures = new AtomicInteger();
            try (HttpUpstream upstream = upstream("http://127.0.0.1:" + full.getLocalPort() + "/{id}", SHORT)) {
                Outcome outcome = upstream.fetch(batch(1), departures::incrementAndGet)
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);

                assertThat(reason(outcome)).isEqualTo("id 1: no complete answer within 1000 ms");
                assertThat(departures).hasValue(1);
            }
            for (AutoCloseable filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void theBatchHasDepartedOnceItsRequestsAreOnTheWireAndBeforeTheyAreAnswered() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        FakeUpstream.Script slow = (arrival, connection) -> {
            answer.await();
            return respond(connection, 200, "{}");
        };
        try (FakeUpstream server = new FakeUpstream(slow);
                HttpUpstream upstream = upstream(server.url("/{id}"), GENEROUS)) {
            CountDownLatch departed = new CountDownLatch(1);
            CompletionStage<Outcome> fetch = upstream.fetch(batch(1, 2, 3), departed::countDown);

            assertThat(departed.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(fetch.toCompletableFuture()).isNotDone();
            answer.countDown();
            assertThat(fetch.toCompletableFuture().get(5, TimeUnit.SECONDS)).isInstanceOf(Outcome.Completed.class);
        }
    }

    @Test
    void requestsThatFindNoThreadFailTheBatchInsteadOfTheDispatcher() throws Exception {
        HttpUpstream closed = upstream("http://127.0.0.1:1/{id}", GENEROUS);
        closed.close();
        AtomicInteger departures = new AtomicInteger();

        Outcome outcome = closed.fetch(batch(1, 2), departures::incrementAndGet)
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);

        assertThat(reason(outcome)).contains("id 1: Batchgate could not make the request", "id 2: ");
        assertThat(departures).hasValue(1);
    }

    @Test
    void aBatchWithoutNumberFailsInAFewWords() throws Exception {
        long[] ids = LongStream.rangeClosed(1, 3000).toArray();
        HttpUpstream closed = upstream("http://127.0.0.1:1/{id}", GENEROUS);
        closed.close();
        assertThat(reason(fetch(closed, ids)))
                .startsWith("id 1: ")
                .contains("; id 5: ")
                .endsWith(" … and 2,995 more")
                .hasSizeLessThan(1000);

        FakeUpstream.Script missing = (arrival, connection) -> respond(connection, 404, "");
        try (FakeUpstream server = new FakeUpstream(missing);
                HttpUpstream upstream = upstream(server.url("/?ids={ids}"), GENEROUS)) {
            assertThat(reason(fetch(upstream, ids)))
                    .isEqualTo("ids 1,2,3,4,5 … and 2,995 more: the upstream answered with HTTP status 404");
        }
    }

    @Test
    void theConnectionOfWhatWasGivenUpOnIsClosedHoweverBusyItIs() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        FakeUpstream.Script trickling = (arrival, connection) -> {
            write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            try {
                for (int i = 0; i < 1000; i++) {
                    write(connection, "x");
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (IOException closed) {
                gone.countDown();
            }
            return false;
        };
        try (FakeUpstream server = new FakeUpstream(trickling);
                HttpUpstream upstream = upstream(server.url("/{id}"), Duration.ofMillis(200))) {
            assertThat(reason(fetch(upstream, 1))).contains("no complete answer within 200 ms");

            assertThat(gone.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static HttpUpstream upstream(String url, Duration timeout) {
        return new HttpUpstream(new UrlTemplate(url), Map.of(), timeout, GATE);
    }

    private static Batch batch(long... ids) {
        return new Batch(UUID.randomUUID(), 0, Arrays.stream(ids).boxed().toList());
    }

    private static Outcome fetch(HttpUpstream upstream, long... ids) throws Exception {
        return upstream.fetch(batch(ids), () -> {}).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static List<String> bodies(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Completed.class);
        return ((Outcome.Completed) outcome)
                .answers().stream()
                        .map(body -> new String(body, StandardCharsets.UTF_8))
                        .toList();
    }

    private static String reason(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        return ((Outcome.Failed) outcome).reason();
    }
}
