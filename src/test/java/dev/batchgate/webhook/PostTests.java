package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Delivery;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** What is sent, where it is never sent, and what a receiver cannot do to the one that sends it. */
@Timeout(60)
class PostTests {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
    private static final String LOCAL = "allow-private-addresses=true";

    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void close() throws Exception {
        over.countDown();
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private Receiver receiver(Receiver.Script script) {
        Receiver receiver = new Receiver(script);
        open.add(receiver);
        return receiver;
    }

    private Post post(String... settings) {
        return post(SystemDefaultDnsResolver.INSTANCE, DefaultClientTlsStrategy.createDefault(), settings);
    }

    private Post post(DnsResolver names, TlsSocketStrategy tls, String... settings) {
        WebhookProperties properties = Webhooks.properties(settings);
        Post post = new Post(
                WebhookClient.create(names, tls, new AddressRule(properties), properties),
                new Signer(List.of(Webhooks.SECRET)),
                new JsonMapper(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                properties.timeout());
        open.add(0, post);
        return post;
    }

    private static Optional<Answer> send(Post post, String url) {
        return post.send(Webhooks.delivery(url, 1));
    }

    @Test
    void whatIsSentIsWhatTheSpecificationSays() {
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(connection, 204));
        Delivery delivery = Webhooks.delivery(receiver.url("/hook?token=a%20b"), 1);

        assertThat(post(LOCAL).send(delivery)).contains(Answer.of(204, Duration.ZERO));

        Receiver.Arrival arrival = receiver.arrivals().get(0);
        assertThat(arrival.path()).isEqualTo("/hook?token=a%20b");
        assertThat(arrival.headers())
                .containsEntry("host", "127.0.0.1:" + receiver.port())
                .containsEntry("content-type", "application/json")
                .containsEntry("user-agent", "batchgate")
                .containsEntry("webhook-id", delivery.id().toString())
                .containsEntry("webhook-timestamp", String.valueOf(NOW.getEpochSecond()))
                .containsEntry(
                        "webhook-signature",
                        new Signer(List.of(Webhooks.SECRET))
                                .sign(
                                        delivery.id().toString(),
                                        NOW.getEpochSecond(),
                                        arrival.text().getBytes(StandardCharsets.UTF_8)))
                .doesNotContainKeys("cookie", "authorization", "upgrade", "accept-encoding");
        assertThat(arrival.text()).isEqualTo("""
                {"type":"ingestion.failed","timestamp":"2026-01-01T00:01:00.500Z","data":{\
                "ingestion_id":"01a20d2f-b1e8-713a-a544-7626387cc9ae","status":"failed","priority":"HIGH",\
                "created_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:01:00.500Z",\
                "progress":{"total":3,"completed":1,"failed":2,"cancelled":0}}}""");
    }

    @Test
    void retryAfterIsReadInBothForms() {
        assertThat(retryAfter("120")).isEqualTo(Duration.ofMinutes(2));
        assertThat(retryAfter("Fri, 02 Jan 2026 04:04:05 GMT")).isEqualTo(Duration.ofHours(1));
        for (String nonsense : List.of("Fri, 02 Jan 2026 03:04:04 GMT", "soon", "-1", "99999999999999999999", "")) {
            assertThat(retryAfter(nonsense)).isZero();
        }
    }

    private Duration retryAfter(String value) {
        Receiver receiver =
                receiver((arrival, connection) -> Receiver.respond(connection, 503, "Retry-After: " + value + "\r\n"));
        return send(post(LOCAL), receiver.url("/")).orElseThrow().retryAfter();
    }

    @Test
    void nothingIsFollowedNorRememberedNorRepeated() {
        Receiver target = receiver((arrival, connection) -> Receiver.respond(connection, 200));
        AtomicInteger asked = new AtomicInteger();
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(
                connection,
                asked.getAndIncrement() % 2 == 0 ? 307 : 401,
                "Location: " + target.url("/") + "\r\n",
                "Set-Cookie: a=b; Path=/\r\n",
                "WWW-Authenticate: Basic realm=\"x\"\r\n"));
        Post post = post(LOCAL);

        assertThat(send(post, receiver.url("/")).orElseThrow().status()).isEqualTo(307);
        assertThat(send(post, receiver.url("/")).orElseThrow().status()).isEqualTo(401);

        assertThat(target.connections()).isZero();
        assertThat(receiver.connections()).isEqualTo(2);
        assertThat(receiver.arrivals().get(1).headers()).doesNotContainKeys("cookie", "authorization");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:%d/",
                "http://0x7f000001:%d/",
                "http://localhost:%d/",
                "http://localhost.:%d/",
                "http://[::ffff:127.0.0.1]:%d/",
                "http://[::1]:%d/",
                "https://127.0.0.1:%d/",
                "http://127.0.0.2:%d/",
                "http://[::]:%d/",
                "http://0.0.0.0:%d/"
            })
    void nobodyIsConnectedToWhereNothingMayBeSent(String url) {
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(connection, 200));

        Answer answer = send(post(), url.formatted(receiver.port())).orElseThrow();

        assertThat(answer.status()).isNull();
        assertThat(answer.error()).contains("no address that may be sent to").doesNotContain("127", "localhost");
        assertThat(receiver.connections()).isZero();
    }

    /** Whatever a name led to when it was looked up, it is the address that is connected to that counts. */
    @Test
    void aNameThatLeadsElsewhereTheNextTimeLeadsNowhere() {
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(connection, 200));
        List<String> asked = new ArrayList<>();
        DnsResolver rebinding = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                asked.add(host);
                // Of the range for documentation, to which nothing answers, and which this test allows.
                return InetAddress.getAllByName(asked.size() == 1 ? "192.0.2.1" : "127.0.0.1");
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };
        Post post = post(
                rebinding, DefaultClientTlsStrategy.createDefault(), "allowed-networks=192.0.2.0/24", "timeout=3s");

        assertThat(send(post, "http://rebound.example:%d/".formatted(receiver.port()))
                        .orElseThrow()
                        .status())
                .isNull();
        assertThat(asked).as("looked up once a connection").hasSize(1);
        assertThat(send(post, "http://rebound.example:%d/".formatted(receiver.port()))
                        .orElseThrow()
                        .error())
                .contains("no address");
        assertThat(receiver.connections()).isZero();
    }

    @Test
    void aSocketRefusesWhateverItIsTold() throws Exception {
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(connection, 200));
        try (GuardedSocket socket = new GuardedSocket(new AddressRule(Webhooks.properties()))) {
            assertThat(catchThrowable(() ->
                            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), receiver.port()))))
                    .isInstanceOf(GuardedSocket.Forbidden.class);
        }
        assertThat(receiver.connections()).isZero();
    }

    /** Whatever address it has, the certificate must be that of the name. */
    @Test
    void tlsIsAboutTheNameInTheUrl() {
        Receiver receiver = receiver((arrival, connection) -> Receiver.respond(connection, 200));
        List<String> names = new ArrayList<>();
        TlsSocketStrategy strategy = (socket, target, port, attachment, context) -> {
            names.add(target + ":" + port);
            throw new SSLException("as far as this test goes");
        };
        DnsResolver here = new DnsResolver() {
            @Override
            public InetAddress[] resolve(String host) throws UnknownHostException {
                return InetAddress.getAllByName("127.0.0.1");
            }

            @Override
            public String resolveCanonicalHostname(String host) {
                return host;
            }
        };

        Answer answer = send(post(here, strategy, LOCAL), "https://shop.example:%d/".formatted(receiver.port()))
                .orElseThrow();

        assertThat(answer.error()).contains("TLS");
        assertThat(names).containsExactly("shop.example:" + receiver.port());
    }

    @Test
    void whoNeverAnswersIsWaitedForNoLongerThanTheTimeout() {
        Receiver silent = receiver((arrival, connection) -> over.await());
        Receiver dribbling = receiver((arrival, connection) -> {
            Receiver.write(connection, "HTTP/1.1 200 OK\r\n");
            while (!over.await(20, TimeUnit.MILLISECONDS)) {
                Receiver.write(connection, "X: y\r\n");
            }
        });
        Receiver continuing = receiver((arrival, connection) -> {
            while (!over.await(1, TimeUnit.MILLISECONDS)) {
                Receiver.write(connection, "HTTP/1.1 102 Processing\r\n\r\n");
            }
        });
        Post post = post(LOCAL, "timeout=500ms");

        for (Receiver receiver : List.of(silent, dribbling, continuing)) {
            long start = System.nanoTime();
            Answer answer = send(post, receiver.url("/")).orElseThrow();
            assertThat(answer.status()).isNull();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        }
    }

    /** The status has been said, so it counts; and no more of the body is read than a little. */
    @Test
    void aHundredMegabytesAreNotRead() throws Exception {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        Receiver receiver = receiver((arrival, connection) -> {
            Receiver.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n");
            sent.complete(flood(connection, "x".repeat(65_536)));
        });

        assertThat(send(post(LOCAL), receiver.url("/")).orElseThrow().status()).isEqualTo(200);

        assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(50_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: %s", "X: y\r\n"})
    void anEndlessHeadIsNoAnswer(String form) throws Exception {
        CompletableFuture<Long> sent = new CompletableFuture<>();
        Receiver receiver = receiver((arrival, connection) -> {
            Receiver.write(connection, "HTTP/1.1 200 OK\r\n");
            sent.complete(flood(connection, form.formatted("x".repeat(65_536)).repeat(form.contains("%") ? 1 : 1_000)));
        });

        assertThat(send(post(LOCAL), receiver.url("/")).orElseThrow())
                .isEqualTo(Answer.none("no complete HTTP answer"));

        assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(50_000_000);
    }

    /** Returns how much of it could be sent, up to 100 MB. */
    private static long flood(Socket connection, String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.ISO_8859_1);
        long sent = 0;
        try {
            for (; sent < 104_857_600; sent += bytes.length) {
                connection.getOutputStream().write(bytes);
            }
        } catch (IOException closed) {
            // As it should be.
        }
        return sent;
    }

    @Test
    void garbageResetsAndClosedPortsAreNoAnswers() throws Exception {
        Receiver garbage = receiver((arrival, connection) -> Receiver.write(connection, "\0\1garbage\r\n\r\n"));
        Receiver reset = receiver((arrival, connection) -> {
            connection.setSoLinger(true, 0);
            connection.close();
        });
        Receiver hanging = receiver((arrival, connection) -> {});
        Receiver gone = receiver((arrival, connection) -> {});
        gone.close();
        Post post = post(LOCAL);

        for (Receiver receiver : List.of(garbage, reset, hanging)) {
            assertThat(send(post, receiver.url("/"))).contains(Answer.none("no complete HTTP answer"));
        }
        assertThat(send(post, gone.url("/"))).contains(Answer.none("no connection"));
        assertThat(send(post, "http://nowhere.invalid/").orElseThrow().error()).contains("unknown");
    }

    @Test
    void whatIsCutOffSaysNothing() {
        Receiver silent = receiver((arrival, connection) -> over.await());
        Post post = post(LOCAL);
        CompletableFuture<Optional<Answer>> sent = CompletableFuture.supplyAsync(() -> send(post, silent.url("/")));
        await().until(() -> silent.arrivals().size() == 1);

        post.cutOff();

        assertThat(sent.join()).isEmpty();
        assertThat(send(post, silent.url("/"))).isEmpty();
        assertThat(silent.connections()).isOne();
    }
}
