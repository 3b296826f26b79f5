package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Clients that send all at once, while others begin a body and do not go on: four are read at a time, and one waits. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "server.tomcat.connection-timeout=60s",
            "server.tomcat.threads.max=8",
            "spring.threads.virtual.enabled=false"
        })
class ArrivalTests {

    @LocalServerPort
    private int port;

    private final List<Socket> slow = new ArrayList<>();

    @AfterEach
    void disconnect() throws IOException {
        for (Socket one : slow) {
            one.close();
        }
    }

    @Test
    void whatIsThereWithItsHeadWaitsForNobody() throws IOException {
        await().until(() -> {
            slow.add(send("{", 1_000));
            return answered() > 0;
        });
        String body = "{\"ids\":[1,2,3]}";

        assertThat(statusLine(send(body, body.length()))).startsWith("HTTP/1.1 200 ");
        assertThat(statusLine(send("", 0))).startsWith("HTTP/1.1 400 ");
        assertThat(statusLine(send(body, body.length() + 1)))
                .as("of all but a byte, nothing is read")
                .startsWith("HTTP/1.1 503 ");
    }

    private Socket send(String body, int length) throws IOException {
        return new Http(port).begin(body, length);
    }

    private static String statusLine(Socket socket) throws IOException {
        try (socket) {
            InputStreamReader answer = new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII);
            return new BufferedReader(answer).readLine();
        }
    }

    private long answered() throws IOException {
        long count = 0;
        for (Socket one : slow) {
            count += one.getInputStream().available() > 0 ? 1 : 0;
        }
        return count;
    }
}
