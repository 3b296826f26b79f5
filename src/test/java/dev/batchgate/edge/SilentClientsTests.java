package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that begin a body and do not go on, or hardly. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"server.tomcat.connection-timeout=1s", "server.tomcat.threads.max=4"})
class SilentClientsTests {

    /** Bytes of a body that is taken as it comes, and of one that is parsed as it comes. */
    private static final int SMALL = 2_000;

    private static final int LARGE = 10_000;

    private static final Duration MUCH_LONGER_THAN_ALLOWED = Duration.ofSeconds(20);

    @LocalServerPort
    private int port;

    private final ScheduledExecutorService pulse = Executors.newSingleThreadScheduledExecutor();
    private final List<Socket> sockets = new ArrayList<>();

    @BeforeEach
    void nobodyIsConnected() {
        sockets.clear();
    }

    @AfterEach
    void disconnect() throws IOException {
        pulse.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void manyThatFallSilentHoldUpNobodyForLongAndAreToldWhy(int length) throws Exception {
        for (int client = 0; client < 12; client++) {
            begin("/ingest", length);
        }

        assertThat(new Http(port).get("/status/x").status()).isEqualTo(404);

        int waitedFor = 0;
        for (Socket socket : sockets) {
            String answer = readToTheEnd(socket);
            assertThat(answer).contains("Content-Type: application/problem+json", "\"error\":");
            waitedFor += answer.startsWith("HTTP/1.1 408 ") ? 1 : 0;
            if (!answer.startsWith("HTTP/1.1 408 ")) {
                assertThat(answer)
                        .as("of those that nobody waits for")
                        .startsWith("HTTP/1.1 503 ")
                        .contains("Retry-After: 1");
            }
        }
        assertThat(waitedFor).as("with half of the threads, and one in line").isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {SMALL, LARGE})
    void aByteNowAndThenIsNotEnough(int length) throws Exception {
        Socket socket = begin("/ingest", length);
        dribble(socket);

        assertThat(readToTheEnd(socket)).startsWith("HTTP/1.1 408 ").contains("The body came too slowly");
    }

    @Test
    void whatNobodyWantsIsNotTakenByteByByteEither() throws Exception {
        Socket socket = begin("/nope", LARGE);
        dribble(socket);

        assertThat(readToTheEnd(socket)).startsWith("HTTP/1.1 404 ");
    }

    private Socket begin(String path, int length) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) MUCH_LONGER_THAN_ALLOWED.toMillis());
        sockets.add(socket);
        String head =
                "POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n{";
        socket.getOutputStream().write(head.formatted(path, length).getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private void dribble(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        Future<?> endless = pulse.scheduleWithFixedDelay(() -> send(out), 100, 100, TimeUnit.MILLISECONDS);
        assertThat(endless).isNotDone();
    }

    private static void send(OutputStream out) {
        try {
            out.write(' ');
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }

    /** Reads until the server closes the connection, with or without having taken all that was sent. */
    private static String readToTheEnd(Socket socket) throws IOException {
        long deadline = System.nanoTime() + MUCH_LONGER_THAN_ALLOWED.toNanos();
        StringBuilder answer = new StringBuilder();
        byte[] some = new byte[8192];
        try {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(some)) {
                answer.append(new String(some, 0, read, StandardCharsets.UTF_8));
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        } catch (SocketException reset) {
            // Closed with bytes unread.
        }
        return answer.toString();
    }
}
