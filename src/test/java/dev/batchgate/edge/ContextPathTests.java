package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

/** The service below a path of somebody else's. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = "server.servlet.context-path=/a pi")
class ContextPathTests {

    @LocalServerPort
    private int port;

    @Autowired
    private Seen seen;

    record Seen(Queue<String> beforeReady) {}

    @TestConfiguration
    static class Eavesdropping {

        @Bean
        Seen seen() {
            return new Seen(new ConcurrentLinkedQueue<>());
        }

        @Bean
        Filter eavesdroppingFilter(Seen seen, ApplicationAvailability availability) {
            return (request, response, chain) -> {
                if (availability.getReadinessState() == ReadinessState.REFUSING_TRAFFIC) {
                    seen.beforeReady().add(((HttpServletRequest) request).getServletPath());
                }
                chain.doFilter(request, response);
            };
        }
    }

    @Test
    void theFirstRequestGoesWhereSubmissionsGo() {
        assertThat(seen.beforeReady()).containsExactly("/ingest");
    }

    @Test
    void whereToAskIsBelowItToo() {
        Http http = new Http(port);

        String location = http.send("POST", "/a%20pi/ingest", "{\"ids\":[1]}", "Content-Type", "application/json")
                .header("Location");

        assertThat(location).startsWith("/a%20pi/status/");
        assertThat(http.get(location).status()).isEqualTo(200);
    }

    @Test
    void thePageIsBelowItTooAndWhoForgetsTheSlashIsSentThere() {
        Http http = new Http(port);

        Http.Answer beside = http.get("/a%20pi");

        assertThat(beside.status()).isEqualTo(308);
        assertThat(beside.header("Location")).isEqualTo("/a%20pi/");
        assertThat(http.get("/a%20pi/").header("Content-Type")).startsWith("text/html");
        assertThat(http.get("/a%20pi/dashboard/main.js").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"//a%20pi/ingest, 400", "/a%20pi, 405", "/a%20pi/status/%2e%2e, 405"})
    void aPathThatOnlyResemblesOneIsAProblem(String path, int status) throws Exception {
        String head =
                "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 " + status + " ")
                    .contains("Content-Type: application/problem+json");
        }
    }
}
