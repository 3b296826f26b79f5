package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.batchgate.Http;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/**
 * Garbage, by the thousand here and by the hundred thousand with {@code -Dfuzz.requests=300000}: whatever comes, the answer is
 * the client's fault or none's, tells nothing of what is inside, and leaves nothing behind.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=1ms", "batchgate.upstream.simulated-latency=0s"})
class FuzzTests {

    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 4_000);
    private static final int CLIENTS = 4;
    private static final int MOST_LEFT_BEHIND = 200;
    /** What is learned once, such as classes and metrics, and less than anything that a request could leave. */
    private static final long MOST_BYTES_LEFT_BEHIND = (8L << 20) + 20L * REQUESTS;

    private static final int PATIENCE_MILLIS = 5_000;

    private static final Pattern INSIDE = Pattern.compile(
            "Exception|\\bat [a-z]+(\\.[a-zA-Z]+)+\\(|dev\\.batchgate|org\\.(spring|apache|sqlite)|tools\\.jackson|java\\.(lang|util|io)|SQLITE|SELECT ");

    @LocalServerPort
    private int port;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void noGarbageIsTheServicesFaultOrGetsToSeeItsInside() throws Exception {
        String known = new Http(port).submit("{\"ids\":[1,2,3]}");
        play(0, 1_000, known);
        long filesBefore = openFiles();
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        long heapBefore = liveBytes();

        Map<Integer, Integer> statuses = new TreeMap<>();
        IntStream.range(0, CLIENTS).parallel().forEach(client -> {
            Map<Integer, Integer> own = play(client + 1L, REQUESTS / CLIENTS, known);
            synchronized (statuses) {
                own.forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            }
        });

        // What was accepted may wait; only what is left when nothing does is left behind.
        new Http(port).send("POST", "/queue/resume", "");
        await().atMost(Duration.ofMinutes(10)).until(this::nothingWaits);
        long heapAfter = liveBytes();
        System.out.printf(
                "%,d requests of garbage were answered so: %s; live heap %,d kB before, %,d kB after%n",
                REQUESTS, statuses, heapBefore >> 10, heapAfter >> 10);
        assertThat(statuses).as("of all kinds").containsKeys(200, 400, 404, 405, 415);
        assertThat(new Http(port).get("/status/" + known).status()).isEqualTo(200);
        assertThat(openFiles() - filesBefore).as("files left open").isLessThan(MOST_LEFT_BEHIND);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore)
                .as("threads left behind")
                .isLessThan(MOST_LEFT_BEHIND);
        assertThat(heapAfter - heapBefore).as("bytes left behind").isLessThan(MOST_BYTES_LEFT_BEHIND);
    }

    private boolean nothingWaits() {
        JsonNode waiting = new Http(port).get("/queue").json().get("waiting");
        return waiting.valueStream()
                .allMatch(each ->
                        each.get("batches").asLong() + each.get("retrying").asLong() == 0);
    }

    private static long liveBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long openFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    /** Returns how often each status was answered; 0 stands for none in time. */
    private Map<Integer, Integer> play(long seed, int requests, String known) {
        Garbage garbage = new Garbage(seed);
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            byte[] request = garbage.request(() -> known);
            statuses.merge(check(request, exchange(request)), 1, Integer::sum);
        }
        return statuses;
    }

    private static int check(byte[] request, String answer) {
        String asked = new String(request, StandardCharsets.ISO_8859_1);
        if (answer.isEmpty()) {
            return 0;
        }
        assertThat(answer).as(asked).startsWith("HTTP/1.1 ");
        int status = Integer.parseInt(answer.substring(9, 12));
        assertThat(status).as(asked + "\n" + answer).isLessThan(500);
        if (status >= 400) {
            assertThat(INSIDE.matcher(answer.replace(asked, "")).find())
                    .as(asked + "\n" + answer)
                    .isFalse();
        }
        return status;
    }

    private String exchange(byte[] request) {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request);
            // So that nobody waits for the rest of a body that was announced.
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            byte[] some = new byte[8_192];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                answer.write(some, 0, read);
                if (answer.toString(StandardCharsets.ISO_8859_1).contains("text/event-stream")) {
                    break;
                }
            }
        } catch (SocketTimeoutException waitsForMore) {
            // What was told until now counts.
        } catch (IOException reset) {
            // Closed with something unread.
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }
}
