package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands who connect and ask for nothing, or for hardly anything, in a heap of 384 MB: what a container of 512 MB has. */
@Tag("jar")
class CrowdTests {

    private static final int MANY = 10_000;

    /** More than are served at once. */
    private static final int LORISES = 4_000;

    /** A quarter of those that are served, 800 and the streams that a heap of 384 MB has room for. */
    private static final int MOST_IN_HEAD = 600;

    private static final Duration LONGEST_HEAD = Duration.ofSeconds(8);

    private static final Duration SOON = Duration.ofSeconds(5);

    private static final long PAUSE_NANOS = 200_000;

    @TempDir
    private Path folder;

    private final List<SocketChannel> crowd = new ArrayList<>();

    @AfterEach
    void disperse() throws IOException {
        for (SocketChannel one : crowd) {
            one.close();
        }
    }

    @Test
    void tenThousandSilentConnectionsLeaveServiceForOthers() throws Exception {
        try (StartedService service = started(Duration.ofSeconds(3))) {
            for (int one = 0; one < MANY; one++) {
                connect(service);
                if (one % 1_000 == 999) {
                    assertThatOthersAreServed(service);
                }
            }

            assertThat(crowd.stream().filter(CrowdTests::isOpen).count())
                    .as("silent connections that are open, all at the same time")
                    .isGreaterThan(MANY / 2);
            assertThatOthersAreServed(service);
            assertThat(service.log()).doesNotContain("ERROR", "OutOfMemoryError");
        }
    }

    @Test
    void whoSendsARequestByteByByteIsCutOffAndHoldsUpNobody() throws Exception {
        try (StartedService service = started(LONGEST_HEAD)) {
            for (int one = 0; one < LORISES; one++) {
                connect(service);
            }
            long begun = System.nanoTime();
            sendAll("POST /ingest HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");

            await().atMost(LONGEST_HEAD.minusSeconds(1)).until(() -> {
                assertThatOthersAreServed(service);
                return crowd.stream().filter(CrowdTests::isOpen).count() < MOST_IN_HEAD;
            });
            // A byte of all of them a second: none is ever silent for long enough to be taken for gone.
            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> {
                        assertThatOthersAreServed(service);
                        sendAll("x");
                        return crowd.stream().noneMatch(CrowdTests::isOpen);
                    });

            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("those there was room for had their time")
                    .isGreaterThan(LONGEST_HEAD.minusSeconds(2));
            assertThat(service.log()).doesNotContain("ERROR", "OutOfMemoryError");
        }
    }

    @Test
    void whoSendsABodyByteByByteIsCutOffAndHoldsUpNobody() throws Exception {
        try (StartedService service = started(Duration.ofSeconds(3))) {
            for (int one = 0; one < LORISES; one++) {
                connect(service);
            }
            sendAll("""
                    POST /ingest HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Content-Length: 100000

                    {""".replace("\n", "\r\n"));

            await().pollInterval(Duration.ofSeconds(1))
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> {
                        assertThatOthersAreServed(service);
                        sendAll(" ");
                        return crowd.stream().noneMatch(CrowdTests::isOpen);
                    });

            assertThat(service.log()).doesNotContain("ERROR", "OutOfMemoryError");
        }
    }

    /** @param longest time for the head of a request, and of silence */
    private StartedService started(Duration longest) {
        return StartedService.start(
                        QuickJar.command(List.of(StartedService.QUICK_TO_START, "-Xmx384m")),
                        folder,
                        Map.of("SERVER_TOMCAT_CONNECTION_TIMEOUT", longest.toSeconds() + "s"))
                .awaitReady();
    }

    private void connect(StartedService service) throws IOException {
        SocketChannel one = SocketChannel.open();
        crowd.add(one);
        one.socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), service.port()), 10_000);
        one.configureBlocking(false);
    }

    /** A usual submission, all of which comes at once, over a connection of its own. */
    private static void assertThatOthersAreServed(StartedService service) {
        try (Socket socket = new Http(service.port()).begin("{\"ids\":[1]}", 11)) {
            socket.setSoTimeout((int) SOON.toMillis());
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 ");
        } catch (IOException notServed) {
            throw new AssertionError("not served", notServed);
        }
    }

    /** One after the other, and not so fast that they could get ahead of each other. */
    private void sendAll(String text) {
        for (SocketChannel one : crowd) {
            LockSupport.parkNanos(PAUSE_NANOS);
            try {
                one.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            } catch (IOException cutOff) {
                close(one);
            }
        }
    }

    private static boolean isOpen(SocketChannel one) {
        try {
            if (one.isOpen() && one.read(ByteBuffer.allocate(1_000)) < 0) {
                one.close();
            }
        } catch (IOException reset) {
            close(one);
        }
        return one.isOpen();
    }

    private static void close(SocketChannel one) {
        try {
            one.close();
        } catch (IOException closed) {
            // That is all that was wanted.
        }
    }
}
