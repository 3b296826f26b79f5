package dev.batchgate.dashboard;

import static org.awaitility.Awaitility.await;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.FakeUpstream;
import dev.batchgate.Http;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The service with an upstream of its own, and a line to it that can be disturbed. */
final class Served implements AutoCloseable {

    /** What the upstream says of every id; markup that would show if it were taken for any. */
    private static final String ITEM = "{\"name\":\"<img src=x onerror=document.title='pwned'>\",\"price\":1.10}";

    /** Knows everything but what ends with 404. */
    private static final FakeUpstream.Script KNOWS_NEARLY_ALL = (arrival, connection) -> FakeUpstream.respond(
            connection, arrival.path().endsWith("404") ? 404 : 200, ITEM, "Content-Type: application/json");

    private final FakeUpstream upstream;
    private final ConfigurableApplicationContext service;
    final int port;
    final Http http;
    final Line line;

    Served(Path store, String... settings) {
        this(store, KNOWS_NEARLY_ALL, settings);
    }

    Served(Path store, FakeUpstream.Script script, String... settings) {
        upstream = new FakeUpstream(script);
        service = SpringApplication.run(
                BatchgateApplication.class,
                Stream.concat(
                                Stream.of(
                                        "--server.port=0",
                                        "--server.address=127.0.0.1",
                                        "--batchgate.store.path=" + store,
                                        "--batchgate.limits.max-ids=30000",
                                        "--batchgate.upstream.url=" + upstream.url("/items/{id}")),
                                Stream.of(settings))
                        .toArray(String[]::new));
        port = ((WebServerApplicationContext) service).getWebServer().getPort();
        http = new Http(port);
        line = new Line(port);
    }

    /** Hands in so many ids. */
    String submit(int from, int count, String priority) {
        return http.submit("{\"ids\":%s,\"priority\":\"%s\"}"
                .formatted(
                        IntStream.range(from, from + count)
                                .boxed()
                                .toList()
                                .toString()
                                .replace(" ", ""),
                        priority));
    }

    String submitted(int from, int count, String priority) {
        String id = submit(from, count, priority);
        await().until(() -> isEnded(http.get("/status/" + id).json()));
        return id;
    }

    int ingestions() {
        return http.get("/ingestions?limit=100").json().get("ingestions").size();
    }

    /** Nothing of what one test did holds up the next. */
    void calmDown() {
        line.mend();
        http.send("POST", "/queue/resume", "");
        StreamSupport.stream(
                        http.get("/ingestions?limit=100")
                                .json()
                                .get("ingestions")
                                .spliterator(),
                        false)
                .filter(each -> !isEnded(each))
                .forEach(each -> http.send(
                        "DELETE", "/ingest/" + each.get("ingestion_id").asString(), ""));
    }

    private static boolean isEnded(JsonNode ingestion) {
        return !ingestion.get("status").asString().matches("yet_to_start|triggered");
    }

    @Override
    public void close() throws IOException {
        line.close();
        service.close();
        upstream.close();
    }
}
