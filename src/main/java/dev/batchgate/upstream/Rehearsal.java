package dev.batchgate.upstream;

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
import java.util.concurrent.CompletableFuture;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request to a server of its own on the loopback interface, before the first real one: what a JVM loads and links for
 * it takes some 100 ms, which the first batch would be late by. The real upstream sees nothing of it.
 */
final class Rehearsal {

    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int MOST_READ = 8192;
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".getBytes(StandardCharsets.US_ASCII);

    private Rehearsal() {}

    /** Returns when it is over; that it fails does no harm. */
    static void perform(CloseableHttpClient client) {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            server.setSoTimeout((int) PATIENCE.toMillis());
            CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answerOne(server));
            String host = server.getInetAddress().getHostAddress();
            URI uri = new URI("http", null, host, server.getLocalPort(), "/", null, null);
            Call call = new Call(client, new UrlTemplate.Target("rehearsal", uri), PATIENCE);
            call.run();
            answered.join();
            log.debug("Rehearsed a request: {}", call.answer().join());
        } catch (IOException | URISyntaxException | RuntimeException unavailable) {
            log.debug("No request could be rehearsed; the first one will be some 100 ms late", unavailable);
        }
    }

    private static void answerOne(ServerSocket server) {
        try (Socket client = server.accept()) {
            // The head of a GET is all there is of it, and comes in one piece.
            if (client.getInputStream().read(new byte[MOST_READ]) < 0) {
                return;
            }
            OutputStream answer = client.getOutputStream();
            answer.write(ANSWER);
            answer.flush();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
