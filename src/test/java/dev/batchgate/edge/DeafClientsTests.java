package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;

/** Clients that hand in one submission after the other and read no answer. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "server.tomcat.max-keep-alive-requests=-1")
class DeafClientsTests {

    private static final byte[] SUBMISSION = """
            POST /ingest HTTP/1.1
            Host: localhost
            Content-Type: application/json
            Content-Length: 23

            {"ids":[1,2,3,4,5,6,7]}""".replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    /** Less than the 10 s that are waited for a client until its connection is given up. */
    private static final Duration AT_ONCE = Duration.ofSeconds(4);

    /** Of answers, before a client has to be waited for; the loopback interface lets megabytes pile up. */
    @TestConfiguration
    static class Network {

        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> smallBuffers() {
            return tomcat -> tomcat.addConnectorCustomizers(
                    connector -> connector.setProperty("socket.txBufSize", String.valueOf(64 << 10)));
        }
    }

    @LocalServerPort
    private int port;

    private final List<Socket> sockets = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void holdUpNobodyElse() throws Exception {
        for (int client = 0; client < 3; client++) {
            Socket socket = new Socket();
            sockets.add(socket);
            socket.setReceiveBufferSize(1);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            new Thread(() -> sendUntilDisconnected(socket)).start();
        }
        Http http = Http.impatient(port, AT_ONCE);
        AtomicInteger before = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(500))
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    int now = batches(http);
                    return now > 0 && before.getAndSet(now) == now;
                });

        assertThat(before).as("accepted until they had to be waited for").hasValueGreaterThan(3 * 50 * 3);
        for (int submission = 0; submission < 10; submission++) {
            assertThat(http.ingest("{\"ids\":[1]}").status()).isEqualTo(200);
        }
    }

    private static int batches(Http http) {
        return http.get("/queue").json().at("/waiting/MEDIUM/batches").asInt();
    }

    private static void sendUntilDisconnected(Socket socket) {
        try {
            while (true) {
                socket.getOutputStream().write(SUBMISSION);
            }
        } catch (IOException disconnected) {
            // By the test's end.
        }
    }
}
