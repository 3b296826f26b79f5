package dev.batchgate.edge;

import dev.batchgate.ingestion.OwnPass;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.web.util.UriUtils;

/**
 * Submits nothing, through the front door, before the service calls itself ready. What a JVM loads for its first
 * submission takes some 60 ms, which the first client's first batch would be late by. Runs once, on the main thread.
 */
final class FirstRequest implements ApplicationRunner {

    private static final Logger log = LoggerFactory.getLogger(FirstRequest.class);
    private static final int PATIENCE_MILLIS = 5_000;
    private static final String REFUSED_SUBMISSION = """
            POST %s/ingest HTTP/1.1
            Host: localhost
            Content-Type: application/json
            Content-Length: 10
            Connection: close
            %s
            {"ids":[]}""".replace("\n", "\r\n");

    private final WebServerApplicationContext context;
    private final ServerProperties server;
    private final Optional<OwnPass> pass;

    /** @param pass empty where nobody needs one */
    FirstRequest(WebServerApplicationContext context, ServerProperties server, Optional<OwnPass> pass) {
        this.pass = pass;
        this.context = context;
        this.server = server;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        int port = Objects.requireNonNull(context.getWebServer()).getPort();
        if (port < 0) {
            // It is told to listen nowhere.
            return;
        }
        InetAddress address = Objects.requireNonNullElseGet(server.getAddress(), InetAddress::getLoopbackAddress);
        String contextPath = Objects.requireNonNullElse(server.getServlet().getContextPath(), "");
        try (Socket socket = new Socket(address, port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream request = socket.getOutputStream();
            request.write(REFUSED_SUBMISSION
                    .formatted(
                            UriUtils.encodePath(contextPath, StandardCharsets.UTF_8),
                            pass.map(own -> "Authorization: %s\r\n".formatted(own.authorization()))
                                    .orElse(""))
                    .getBytes(StandardCharsets.UTF_8));
            request.flush();
            byte[] answer = socket.getInputStream().readAllBytes();
            log.debug("The first request was answered with {} bytes", answer.length);
        } catch (IOException unavailable) {
            log.debug("No first request could be made; a client's will be some 60 ms late", unavailable);
        }
    }
}
