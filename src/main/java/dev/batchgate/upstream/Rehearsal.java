package dev.batchgate.upstream;

import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests to a server of its own on the loopback interface, before the first real one: what a JVM loads and links for
 * a request takes some 100 ms, which the first batch would be late by, and until it has compiled it, each request
 * leaves milliseconds later than it need. The real upstream sees nothing of them.
 */
final class Rehearsal {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);

    /** So many that the JVM's first compiler has seen all of the path. */
    private static final int REQUESTS = 300;

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_READ = 8192;
    private static final List<IdOutcome> FETCHED = List.of(new IdOutcome.Fetched(Data.json("{}")));
    private static final byte[] ANSWER = answer("");
    private static final byte[] LAST_ANSWER = answer("Connection: close\r\n");

    private Rehearsal() {}

    /** Returns when it is over; that it fails does no harm. */
    static void perform(CloseableHttpClient client) {
        long start = System.nanoTime();
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout((int) PATIENCE.toMillis());
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> answerAll(server));
            String host = server.getInetAddress().getHostAddress();
            UrlTemplate.Target target = new UrlTemplate.Target(
                    List.of(0L), false, new URI("http", null, host, server.getLocalPort(), "/", null, null));
            List<IdOutcome> answer = FETCHED;
            for (int i = 0; i < REQUESTS && answer.equals(FETCHED); i++) {
                Call call = new Call(client, target, "rehearsal", () -> {}, PATIENCE, MOST_READ);
                call.run();
                answer = call.answer().join();
            }
            answering.join();
            log.debug("Rehearsed requests for {} ms: {}", (System.nanoTime() - start) / 1_000_000, answer);
        } catch (IOException | URISyntaxException | RuntimeException unavailable) {
            log.debug("No requests could be rehearsed; the first one will be some 100 ms late", unavailable);
        }
    }

    /** One connection, reused, is all that a client needs which makes one request after the other. */
    private static void answerAll(ServerSocket server) {
        try (Socket client = server.accept()) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            OutputStream answers = client.getOutputStream();
            // The head of a GET is all there is of it, and comes in one piece.
            for (int i = 1; i <= REQUESTS && client.getInputStream().read(new byte[MOST_READ]) >= 0; i++) {
                answers.write(i < REQUESTS ? ANSWER : LAST_ANSWER);
                answers.flush();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private static byte[] answer(String header) {
        return ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + header + "\r\n{}").getBytes(StandardCharsets.US_ASCII);
    }
}
