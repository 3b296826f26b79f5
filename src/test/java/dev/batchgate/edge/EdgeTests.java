package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.tomcat.autoconfigure.TomcatServerProperties;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What a client sees that speaks raw bytes. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class EdgeTests {

    private static final int MIB = 1 << 20;

    @LocalServerPort
    private int port;

    @Test
    void aBodyThatIsAnnouncedTooLargeIsRefusedBeforeItIsSent() throws Exception {
        String answer = exchange("""
                POST /ingest HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Expect: 100-continue
                Content-Length: 50000000
                Connection: close

                """, 0);

        assertThat(answer).startsWith("HTTP/1.1 413 ").doesNotContain("HTTP/1.1 100");
        assertProblem(answer, "larger than the 16777216 bytes");
    }

    @Test
    void aBodyThatTurnsOutTooLargeIsRefusedAndNotReadWhole() throws Exception {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head("""
                    POST /ingest HTTP/1.1
                    Host: localhost
                    Content-Type: application/json
                    Transfer-Encoding: chunked

                    """));
            byte[] chunk = ("100000\r\n" + " ".repeat(MIB) + "\r\n").getBytes(StandardCharsets.US_ASCII);
            int sent = 0;
            try {
                for (; sent < 200; sent++) {
                    out.write(chunk);
                }
            } catch (SocketException refused) {
                // The server has closed the connection, which is what is to be shown.
            }
            assertThat(sent).as("MiB taken of 200").isLessThan(100);
            assertProblem(read(socket), "larger than the 16777216 bytes");
        }
    }

    @Test
    void aClientThatSendsMoreThanIsReadStillGetsToReadWhy() throws Exception {
        String answer = exchange("""
                POST /ingest HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Content-Length: 18874368

                """, 18 * MIB);

        assertThat(answer).startsWith("HTTP/1.1 413 ");
        assertProblem(answer, "larger than the 16777216 bytes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/queue", "/ingestions", "/nothing"})
    void anAnswerOfJsonIsSentInOnePieceThatSaysHowLongItIs(String path) throws Exception {
        String answer = exchange("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n\n", 0);

        assertThat(answer).contains("Content-Length: ").doesNotContain("Transfer-Encoding");
    }

    @ParameterizedTest
    @CsvSource({
        "GET /status/%zz HTTP/1.1, 400",
        "GET /status/%00 HTTP/1.1, 400",
        "GET /<script> HTTP/1.1, 400",
        "GET /queue HTTP/9.9, 400",
        "CONNECT other:443 HTTP/1.1, 400",
        "TRACE /queue HTTP/1.1, 405",
        "G@T /queue HTTP/1.1, 400",
        "TRACE // HTTP/1.1, 405",
    })
    void whatTomcatRefusesByItselfIsAProblemToo(String requestLine, int status) throws Exception {
        String answer = exchange(requestLine + "\nHost: localhost\nConnection: close\n\n", 0);

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertProblem(answer, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /queue?a=%zz",
                "GET /ingest?a=%zz",
                "GET /v3/api-docs?a=%zz",
                "GET /swagger-ui.html?a=%zz",
                "GET /actuator/health?a=%zz",
                "GET /actuator/health/a%2Fb",
                "GET //",
            })
    void whatOthersWouldTripOverIsRefusedFirst(String target) throws Exception {
        String answer = exchange(target + " HTTP/1.1\nHost: localhost\nConnection: close\n\n", 0);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertProblem(answer, "");
    }

    @Test
    void aFormWithABadQueryIsRefusedUnread() throws Exception {
        String answer = exchange("""
                POST /ingest?a=%zz HTTP/1.1
                Host: localhost
                Content-Type: application/x-www-form-urlencoded
                Content-Length: 1000

                """, 0);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertProblem(answer, "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/queue           | Accept-Language: a,b,c,d,e,f,g,h,i,j,k,l,m,n | 400",
                "/actuator/health | Accept: ,                                    | 406",
            })
    void fieldsThatOthersWouldTripOverAreRefused(String path, String field, int status) throws Exception {
        String answer = exchange("GET " + path + " HTTP/1.1\nHost: localhost\nConnection: close\n" + field + "\n\n", 0);

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertProblem(answer, "");
    }

    @ParameterizedTest
    @CsvSource({
        "Content-Length: many",
        "Content-Length: -5",
        "Transfer-Encoding: sideways",
        "Expect: miracles",
    })
    void headersThatMakeNoSenseAreTheClientsFault(String header) throws Exception {
        String answer = exchange(
                "POST /ingest HTTP/1.1\nHost: localhost\nContent-Type: application/json\nConnection: close\n" + header
                        + "\n\n",
                0);

        assertThat(answer).startsWith("HTTP/1.1 4");
        assertProblem(answer, "");
    }

    @Test
    void aBrokenChunkIsTheClientsFault() throws Exception {
        String answer = exchange("""
                POST /ingest HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Transfer-Encoding: chunked
                Connection: close

                xyz
                """, 0);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertProblem(answer, "");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: sideways",
                "Origin: http://evil.example",
                "Origin: http://localhost.evil.example",
                "Origin: http://localhost:1",
                "Origin: null",
                "Origin: ",
            })
    void aPageOfAnotherSiteOrdersNothing(String field) throws Exception {
        for (String order : List.of("POST /queue/pause", "POST /queue/resume", "DELETE /ingest/x", "PATCH /ingest/x")) {
            String answer = exchange(order + " HTTP/1.1\nHost: localhost\nConnection: close\n" + field + "\n\n", 0);

            assertThat(answer).startsWith("HTTP/1.1 403 ");
            assertProblem(answer, "another site");
        }
        assertThat(exchange("GET /queue HTTP/1.1\nHost: localhost\nConnection: close\n" + field + "\n\n", 0))
                .startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: localhost",
                "Host: localhost\nSec-Fetch-Site: same-origin\nOrigin: http://whoever",
                "Host: localhost\nSec-Fetch-Site: none",
                "Host: localhost:8080\nOrigin: http://LOCALHOST:8080",
                "Host: batchgate.example:443\nOrigin: https://batchgate.example",
                "Host: inside\nX-Forwarded-Host: batchgate.example\nOrigin: https://batchgate.example",
            })
    void ourOwnPageAndProgramsMay(String fields) throws Exception {
        assertThat(exchange("DELETE /ingest/x HTTP/1.1\nConnection: close\n" + fields + "\n\n", 0))
                .startsWith("HTTP/1.1 404 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /queue", "GET /", "GET /nothing", "GET /status/%zz", "POST /ingest", "TRACE /"})
    void everyAnswerTellsBrowsersToMakeNothingElseOfIt(String target) throws Exception {
        String answer = exchange(target + " HTTP/1.1\nHost: localhost\nConnection: close\n\n", 0);

        for (String field : List.of(
                "X-Content-Type-Options: nosniff",
                "X-Frame-Options: DENY",
                "Referrer-Policy: same-origin",
                "Cross-Origin-Resource-Policy: same-origin",
                target.equals("GET /") ? "Cache-Control: no-cache" : "Cache-Control: no-store")) {
            assertThat(answer)
                    .containsOnlyOnce(field.substring(0, field.indexOf(':')) + ":")
                    .containsOnlyOnce(field + "\r\n");
        }
        assertThat(answer).doesNotContain("Strict-Transport-Security");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-Port: NaN",
                "X-Forwarded-Proto: ,",
                "X-Forwarded-Host: localhost:x",
                "Forwarded: host=\"localhost:x\"",
                "Content-Type: */*",
                "Content-Type: application/*"
            })
    void aFieldThatCannotBeReadIsTheClientsFault(String field) throws Exception {
        for (String target : List.of("/swagger-ui.html", "/v3/api-docs", "/queue", "/actuator/health")) {
            String answer =
                    exchange("GET " + target + " HTTP/1.1\nHost: localhost\nConnection: close\n" + field + "\n\n", 0);

            assertThat(answer).startsWith("HTTP/1.1 400 ");
            assertProblem(answer, field.substring(0, field.indexOf(':')).replaceAll("Port|Proto|Host", "*"));
        }
    }

    @Test
    void whatCameEncryptedIsToComeSoFromThenOn() throws Exception {
        assertThat(exchange("GET /queue HTTP/1.1\nHost: localhost\nX-Forwarded-Proto: https\nConnection: close\n\n", 0))
                .contains("Strict-Transport-Security: max-age=31536000");
    }

    @Test
    void aSilentClientIsWaitedForTenSeconds(@Autowired TomcatServerProperties tomcat) {
        assertThat(tomcat.getConnectionTimeout()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JDK has no virtual threads")
    void whatIsToRunOnVirtualThreadsRunsInTheOrderInWhichItCame(@Autowired ServletWebServerApplicationContext context) {
        TomcatWebServer tomcat = (TomcatWebServer) context.getWebServer();

        assertThat(tomcat.getTomcat().getConnector().getProtocolHandler().getExecutor())
                .isInstanceOf(FifoExecutor.class);
    }

    private static void assertProblem(String answer, String detail) {
        assertThat(answer)
                .contains("Content-Type: application/problem+json", "\"type\":", "\"title\":", "\"status\":")
                .contains("\"detail\":", "\"error\":", detail)
                .doesNotContain("Exception", "<html", "\tat ");
    }

    private String exchange(String head, int bodyBytes) throws IOException {
        try (Socket socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(head(head));
            out.write(new byte[bodyBytes]);
            out.flush();
            return read(socket);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static byte[] head(String lines) {
        return lines.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads to the end of the answer, which is the end of its one line of JSON. */
    private static String read(Socket socket) throws IOException {
        StringBuilder answer = new StringBuilder();
        byte[] some = new byte[8192];
        while (answer.indexOf("}") < 0) {
            int read = socket.getInputStream().read(some);
            if (read < 0) {
                break;
            }
            answer.append(new String(some, 0, read, StandardCharsets.UTF_8));
        }
        return answer.toString();
    }
}
