package dev.batchgate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of the service under test. */
public final class Http {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    /** Of silence, on a connection of its own. */
    private static final int MOST_MILLIS = 20_000;

    private final String base;
    private final Optional<Duration> timeout;

    public Http(int port) {
        this(port, Optional.empty());
    }

    private Http(int port, Optional<Duration> timeout) {
        this.base = "http://127.0.0.1:" + port;
        this.timeout = timeout;
    }

    /** One that waits no longer for an answer. */
    public static Http impatient(int port, Duration timeout) {
        return new Http(port, Optional.of(timeout));
    }

    /** An answer, its body as text and as JSON. */
    public record Answer(HttpResponse<String> response) {
        public int status() {
            return response.statusCode();
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }
    }

    /**
     * Sends a submission over a connection of its own, for whoever looks at that.
     *
     * @param length that it says its body has
     */
    public Socket begin(String body, int length) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), URI.create(base).getPort());
        String request = """
                POST /ingest HTTP/1.1
                Host: localhost
                Content-Type: application/json
                Content-Length: %d
                Connection: close

                %s""".replace("\n", "\r\n").formatted(length, body);
        socket.setSoTimeout(MOST_MILLIS);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    public Answer ingest(String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/ingest"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** Submits and returns the ingestion's id. */
    public String submit(String body) {
        Answer answer = ingest(body);
        if (answer.status() != 200) {
            throw new AssertionError(answer.response().body());
        }
        return answer.json().get("ingestion_id").asString();
    }

    public Answer get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    public Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    private Answer send(HttpRequest.Builder request) {
        timeout.ifPresent(request::timeout);
        try {
            return new Answer(CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (IOException broken) {
            throw new AssertionError(broken);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stopping);
        }
    }
}
