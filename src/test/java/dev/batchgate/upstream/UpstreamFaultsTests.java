package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.FakeUpstream.write;
import static dev.batchgate.upstream.Fetching.GENEROUS;
import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.fetchOne;
import static dev.batchgate.upstream.Fetching.fetchTogether;
import static dev.batchgate.upstream.Fetching.outcome;
import static dev.batchgate.upstream.Fetching.upstream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is final and what another slot may bring, for whatever an upstream answers or fails to. */
class UpstreamFaultsTests {

    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final IdOutcome FETCHED = new IdOutcome.Fetched(Data.json("{}"));

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 203, 206, 226, 299})
    void aSuccessBringsTheId(int status) throws Exception {
        assertThat(fetchOne((arrival, connection) -> respond(connection, status, "{}")))
                .isEqualTo(FETCHED);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 412, 418, 421, 422, 426, 428, 431, 451, 499})
    void whatIsWrongWithTheRequestIsFinal(int status) throws Exception {
        IdOutcome failed = new IdOutcome.Failed("the upstream answered with HTTP status " + status, status);

        assertThat(fetchOne((arrival, connection) -> respond(connection, status, "{}")))
                .isEqualTo(failed);
        assertThat(fetchTogether((arrival, connection) -> respond(connection, status, "{}"), 7, 8, 7))
                .containsExactly(failed, failed, failed);
    }

    /** Beyond 599 there is no status; it is to be taken for a 5xx. */
    @ParameterizedTest
    @ValueSource(ints = {408, 425, 429, 500, 501, 502, 503, 504, 507, 511, 520, 599, 600, 999})
    void whatMayPassIsMissed(int status) throws Exception {
        IdOutcome missed = new IdOutcome.Missed("the upstream answered with HTTP status " + status, status, true);

        assertThat(fetchOne((arrival, connection) -> respond(connection, status, "busy")))
                .isEqualTo(missed);
        assertThat(fetchTogether((arrival, connection) -> respond(connection, status, "busy"), 7, 8, 7))
                .containsExactly(missed, missed, missed);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault("broke the connection", (a, c) -> false),
                fault("broke the connection", (a, c) -> {
                    c.setSoLinger(true, 0);
                    return false;
                }),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 2")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\n")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length: 0")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"cut")),
                fault("broke the connection", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"cut");
                    c.setSoLinger(true, 0);
                    return false;
                }),
                fault("broke the connection", (a, c) -> cut(c, CHUNKED + "9\r\n{\"cut")),
                fault("broke the connection", (a, c) -> cut(c, CHUNKED + "2\r\n{}\r\n")),
                fault("not valid HTTP", (a, c) -> cut(c, CHUNKED + "2\r\n{}0\r\n\r\n")),
                fault("not valid HTTP", (a, c) -> cut(c, CHUNKED + "two\r\n{}\r\n0\r\n\r\n")),
                fault("not valid HTTP", (a, c) -> cut(c, CHUNKED + "-2\r\n{}\r\n0\r\n\r\n")),
                fault("not valid HTTP", (a, c) -> cut(c, CHUNKED + "fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}")),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\n{}")),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: odd\r\n\r\n{}")),
                fault("broke the connection", (a, c) -> cut(c, "HTTP/1.1 OK\r\n\r\n{}")),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/7.0 200 OK\r\nContent-Length: 2\r\n\r\n{}")),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nno colon\r\n\r\n{}")),
                fault("not valid HTTP", (a, c) -> cut(c, "\0\1\2 garbage\r\n".repeat(20))),
                fault("not valid HTTP", (a, c) -> cut(c, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n")),
                fault("not valid HTTP", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\n");
                    for (int i = 0; i < 100_000_000; i++) {
                        write(c, "X: x\r\n");
                    }
                    return false;
                }),
                fault("no complete answer within 1000 ms", (a, c) -> hang()),
                fault("no complete answer within 1000 ms", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"slo");
                    return hang();
                }),
                fault("no complete answer within 1000 ms", (a, c) -> {
                    for (int i = 0; i < 600; i++) {
                        write(c, "HTTP/1.1 100 Continue\r\n\r\n");
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                    return false;
                }),
                fault("no complete answer within 1000 ms", (a, c) -> {
                    write(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                    for (int i = 0; i < 600; i++) {
                        write(c, "x");
                        TimeUnit.MILLISECONDS.sleep(100);
                    }
                    return false;
                }));
    }

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private static Arguments fault(String reason, FakeUpstream.Script script) {
        return Arguments.of(reason, script);
    }

    private static boolean cut(Socket connection, String raw) throws IOException {
        write(connection, raw);
        return false;
    }

    private static boolean hang() throws InterruptedException {
        new CountDownLatch(1).await();
        return false;
    }

    @ParameterizedTest(name = "{index}: {0}")
    @MethodSource("faults")
    void aBrokenAnswerIsMissedAndHarmsNoOtherId(String reason, FakeUpstream.Script script) throws Exception {
        FakeUpstream.Script onlyForTwo = (arrival, connection) ->
                arrival.path().equals("/2") ? script.answer(arrival, connection) : respond(connection, 200, "{}");
        try (FakeUpstream server = new FakeUpstream(onlyForTwo);
                HttpUpstream upstream = upstream(server.url("/{id}"), reason.contains("1000 ms") ? SHORT : GENEROUS)) {
            List<IdOutcome> outcomes = fetch(upstream, 1, 2, 3);

            assertThat(outcomes.get(0)).isEqualTo(FETCHED);
            assertThat(outcomes.get(2)).isEqualTo(FETCHED);
            assertThat(outcomes.get(1)).isInstanceOfSatisfying(IdOutcome.Missed.class, missed -> {
                assertThat(missed.reason()).contains(reason);
                assertThat(missed.httpStatus()).isNull();
                assertThat(missed.connected()).isTrue();
            });
            assertThat(fetch(upstream, 1, 3)).containsExactly(FETCHED, FETCHED);
        }
    }

    @Test
    void whatFailsIsAskedOnceAndNotBehindTheGatesBack() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        fetchOne((arrival, connection) -> asked.incrementAndGet() < 0);

        assertThat(asked).hasValue(1);
    }

    @Test
    void aStatusCountsHoweverItsBodyEnds() throws Exception {
        IdOutcome failed = new IdOutcome.Failed("the upstream answered with HTTP status 404", 404);
        String head = "HTTP/1.1 404 Not Found\r\nContent-Length: 1000000000\r\n\r\n";
        assertThat(fetchOne((arrival, connection) -> cut(connection, head + "cut")))
                .isEqualTo(failed);
        assertThat(fetchOne((arrival, connection) -> {
                    write(connection, head);
                    for (int i = 0; i < 100_000; i++) {
                        write(connection, "x".repeat(10_000));
                    }
                    return false;
                }))
                .isEqualTo(failed);
        FakeUpstream.Script hanging = (arrival, connection) -> {
            write(connection, head);
            return hang();
        };
        try (FakeUpstream server = new FakeUpstream(hanging);
                HttpUpstream upstream = upstream(server.url("/{id}"), SHORT)) {
            assertThat(fetch(upstream, 1)).containsExactly(failed);
        }
    }

    @Test
    void aServerThatIsNotThereIsNotConnectedTo() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (HttpUpstream upstream = upstream("http://127.0.0.1:" + port + "/{id}")) {
            Outcome outcome = outcome(upstream, 1, 2);
            assertThat(outcome.ids())
                    .containsOnly(new IdOutcome.Missed(
                            "no connection to the upstream (refused or unreachable)", null, false));
            assertThat(outcome.unreachable()).isTrue();
        }
        try (HttpUpstream upstream = upstream("http://upstream.invalid/?{ids}")) {
            assertThat(fetch(upstream, 1, 2))
                    .containsOnly(new IdOutcome.Missed("the upstream's host name cannot be resolved", null, false));
        }
    }

    @Test
    void aHandshakeThatFailsIsNoConnection(@TempDir Path folder) throws Exception {
        Path keyStore = SlowTls.trustedKeyStore(folder);
        SlowTls.distrust();
        try (FakeUpstream plain = FakeUpstream.willing();
                SlowTls server = new SlowTls(keyStore, plain.url(""), number -> 0);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(fetch(upstream, 1).get(0)).isInstanceOfSatisfying(IdOutcome.Missed.class, missed -> {
                assertThat(missed.reason()).startsWith("TLS failed: ");
                assertThat(missed.connected()).isFalse();
            });
        }
        try (ServerSocket closing = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpUpstream upstream = upstream("https://127.0.0.1:" + closing.getLocalPort() + "/{id}")) {
            Thread accepting = new Thread(() -> acceptAndClose(closing));
            accepting.start();
            assertThat(fetch(upstream, 1).get(0))
                    .isInstanceOfSatisfying(
                            IdOutcome.Missed.class,
                            missed -> assertThat(missed.connected()).isFalse());
            accepting.join();
        }
    }

    private static void acceptAndClose(ServerSocket server) {
        try {
            server.accept().close();
        } catch (IOException closed) {
            // The test is over.
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
                Outcome outcome = upstream.fetch(Fetching.batch(1), departures::incrementAndGet)
                        .toCompletableFuture()
                        .get(5, TimeUnit.SECONDS);

                assertThat(outcome.ids())
                        .containsExactly(
                                new IdOutcome.Missed("no connection to the upstream within 1000 ms", null, false));
                assertThat(departures).hasValue(1);
            }
            for (AutoCloseable filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void requestsThatFindNoThreadAreMissedInsteadOfTheDispatcher() throws Exception {
        HttpUpstream closed = upstream("http://127.0.0.1:1/{id}");
        closed.close();
        AtomicInteger departures = new AtomicInteger();

        Outcome outcome = closed.fetch(Fetching.batch(1, 2), departures::incrementAndGet)
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);

        assertThat(outcome.ids())
                .hasSize(2)
                .containsOnly(new IdOutcome.Missed(
                        "Batchgate could not make the request: RejectedExecutionException", null, true));
        assertThat(departures).hasValue(1);
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
            assertThat(fetch(upstream, 1))
                    .containsExactly(new IdOutcome.Missed("no complete answer within 200 ms", null, true));

            assertThat(gone.await(2, TimeUnit.SECONDS)).isTrue();
        }
    }
}
