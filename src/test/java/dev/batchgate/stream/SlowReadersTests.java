package dev.batchgate.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.EventReader;
import dev.batchgate.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;

/** Readers that do not read, or much later, and those who wait long for anything to read. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "server.tomcat.connection-timeout=4s")
@DirtiesContext
class SlowReadersTests {

    private static final int SMALL = 16 << 10;
    private static final int CHANGES = 60;
    private static final Pattern ID = Pattern.compile("\nid: (\\d+)\n");

    /** Little fits into the network between, and nobody waits 15 s for a heartbeat. */
    @TestConfiguration
    static class Network {

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallBuffers() {
            return tomcat -> tomcat.addConnectorCustomizers(
                    connector -> connector.setProperty("socket.txBufSize", String.valueOf(SMALL)));
        }

        @Bean
        @Primary
        StreamThreads quickHeartbeats() {
            return new StreamThreads(Duration.ofMillis(200));
        }
    }

    @LocalServerPort
    private int port;

    private Http http;
    private String id;
    private int changes;

    /** As many batches as are told of each time, some 20 KB. */
    @BeforeEach
    void somethingLargeThatWaits() {
        http = new Http(port);
        http.send("POST", "/queue/pause", "");
        id = http.submit(
                "{\"ids\":%s}".formatted(IntStream.rangeClosed(1, 300).boxed().toList()));
    }

    private void change(int times) {
        for (int i = 0; i < times; i++) {
            changes++;
            String body = "{\"priority\":\"%s\"}".formatted(changes % 2 == 0 ? "HIGH" : "LOW");
            http.send("PATCH", "/ingest/" + id, body, "Content-Type", "application/json");
        }
    }

    private static boolean hasHeardOf(EventReader reader, long revision) {
        return reader.events("status").stream().anyMatch(event -> event.number() == revision);
    }

    private Socket connect(String path) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(SMALL);
        socket.setSoTimeout(20_000);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .formatted(path)
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The revisions told of, until the one, or the answer ends. */
    private static List<Long> readUntil(Socket socket, long last) throws IOException {
        StringBuilder text = new StringBuilder();
        byte[] some = new byte[SMALL];
        List<Long> told = List.of();
        for (int read = 0;
                read >= 0 && !told.contains(last);
                read = socket.getInputStream().read(some)) {
            text.append(new String(some, 0, read, StandardCharsets.ISO_8859_1));
            told = ID.matcher(text).results().map(SlowReadersTests::number).toList();
        }
        return told;
    }

    private static long number(MatchResult found) {
        return Long.parseLong(found.group(1));
    }

    @Test
    void whoReadsLaterIsToldHowThingsStandByThen() throws Exception {
        try (Socket slow = connect("/status/" + id + "/events");
                EventReader quick = new EventReader(port, "/status/" + id + "/events")) {
            await().until(() -> quick.events("status").size() == 1);
            change(CHANGES);
            await().until(() -> hasHeardOf(quick, CHANGES));

            List<Long> told = readUntil(slow, CHANGES);

            assertThat(told).endsWith((long) CHANGES).isSorted().doesNotHaveDuplicates();
            assertThat(told.size()).isLessThan(CHANGES / 2);
        }
    }

    @Test
    void whoDoesNotReadHoldsUpNobodyAndIsCutOff() throws Exception {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            slow.add(connect("/status/" + id + "/events"));
            slow.add(connect("/queue/events"));
        }
        try (EventReader quick = new EventReader(port, "/status/" + id + "/events")) {
            await().until(() -> quick.events("status").size() == 1);
            for (int i = 0; i < CHANGES; i++) {
                change(1);
                int told = i + 1;
                await().atMost(Duration.ofSeconds(2))
                        .until(() -> quick.events("status").stream().anyMatch(event -> event.number() >= told));
            }

            for (int i = 0; i < slow.size(); i += 2) {
                assertThat(readUntilCutOff(slow.get(i))).doesNotContain((long) CHANGES);
            }
            assertThat(quick.hasEnded()).isFalse();
        }
        for (Socket socket : slow) {
            socket.close();
        }
    }

    /** Once the service has given up on it, there is no more to be read than what was on its way. */
    private static List<Long> readUntilCutOff(Socket socket) throws IOException {
        try {
            return readUntil(socket, Long.MAX_VALUE);
        } catch (SocketException reset) {
            return List.of();
        }
    }

    @Test
    void whoWaitsLongHearsSomethingNowAndThen() {
        try (EventReader one = new EventReader(port, "/status/" + id + "/events");
                EventReader queue = new EventReader(port, "/queue/events")) {
            await().until(() -> one.comments().size() > 2 && queue.comments().size() > 2);

            assertThat(one.events("status")).hasSize(1);
            assertThat(one.events("forecast").size()).isGreaterThan(1);
            EventReader.Event forecast = one.events("forecast").get(0);
            assertThat(forecast.id()).isEmpty();
            assertThat(forecast.json().get("ingestion_id").asString()).isEqualTo(id);
            assertThat(forecast.json().get("waiting_for").asString()).isEqualTo("paused");
        }
    }
}
