package dev.batchgate.terminal;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A server that answers as a test says, and remembers what it was asked. */
final class FakeService implements AutoCloseable {

    /** @param headers by name in lower case */
    record Request(String method, String path, Map<String, String> headers, String body) {

        String line() {
            return method + " " + path;
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** @param status 0 to break the connection instead */
    @SuppressWarnings("ArrayRecordComponent")
    record Reply(int status, String body, String... headers) {

        static Reply ok(String body, String... headers) {
            return new Reply(200, body, headers);
        }

        static Reply problem(int status, String detail, String... headers) {
            return new Reply(status, "{\"status\":%d,\"detail\":\"%s\"}".formatted(status, detail), headers);
        }

        static Reply broken() {
            return new Reply(0, "");
        }
    }

    private final HttpServer server;
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    FakeService(Function<Request, Reply> script) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        server.createContext("/", exchange -> serve(exchange, script));
        server.start();
    }

    /** An ingestion as its status shows it. */
    static String status(String id, String status, int total, int completed, int failed, String... more) {
        return "{\"ingestion_id\":\"%s\",\"status\":\"%s\",\"priority\":\"HIGH\",\"created_at\":\"2026-11-24T11:59:00Z\","
                        .formatted(id, status)
                + "\"progress\":{\"total\":%d,\"completed\":%d,\"failed\":%d,\"cancelled\":0}%s,\"batches\":[]}"
                        .formatted(total, completed, failed, String.join("", more));
    }

    /** The queue with so many waiting as HIGH. */
    static String queue(boolean paused, int high) {
        return """
                {"paused":%s,"interval":"PT5S","next_slot_at":null,"closed_until":null,"in_flight":0,"max_in_flight":1,\
                "waiting":{"HIGH":{"batches":%d,"retrying":0,"oldest":"2026-11-24T11:58:00Z"},\
                "MEDIUM":{"batches":0,"retrying":0,"oldest":null},"LOW":{"batches":0,"retrying":0,"oldest":null}},\
                "upstream":{"down":false,"error":null}}""".formatted(paused, high);
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    List<Request> requests(String line) {
        return requests.stream().filter(request -> request.line().equals(line)).toList();
    }

    List<String> lines() {
        return requests.stream().map(Request::line).toList();
    }

    List<String> keys() {
        return requests("POST /ingest").stream()
                .map(request -> request.header("idempotency-key"))
                .toList();
    }

    private void serve(HttpExchange exchange, Function<Request, Reply> script) throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.get(0)));
        Request request = new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().getRawPath(),
                headers,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        requests.add(request);
        Reply reply = script.apply(request);
        if (reply.status() == 0) {
            exchange.close();
            return;
        }
        for (int each = 0; each < reply.headers().length; each += 2) {
            exchange.getResponseHeaders().set(reply.headers()[each], reply.headers()[each + 1]);
        }
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
