package dev.batchgate.metrics;

import static org.awaitility.Awaitility.await;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.FakeUpstream;
import dev.batchgate.Http;
import dev.batchgate.TestPostgres;
import dev.batchgate.ingestion.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service before an upstream that lacks some ids and is busy at first about others. */
final class Measured implements AutoCloseable {

    /** Of HIGH: fetched at once. Of MEDIUM: one is unknown. Of LOW: one is busy the first time. */
    private static final List<String> WORK = List.of(
            "{\"ids\":[1,2,3,4],\"priority\":\"HIGH\"}",
            "{\"ids\":[5,404],\"priority\":\"MEDIUM\"}",
            "{\"ids\":[6,503],\"priority\":\"LOW\"}");

    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final FakeUpstream upstream = new FakeUpstream(this::answer);
    private final ConfigurableApplicationContext service;
    private final Http http;

    private Measured(List<String> more) {
        List<String> settings = new ArrayList<>(List.of(
                "--server.port=0",
                "--batchgate.interval=20ms",
                "--batchgate.upstream.backoff=10ms",
                "--batchgate.upstream.url=" + upstream.url("/items/{id}")));
        settings.addAll(more);
        service = SpringApplication.run(BatchgateApplication.class, settings.toArray(String[]::new));
        http = new Http(((WebServerApplicationContext) service).getWebServer().getPort());
    }

    static Measured embedded(String... settings) {
        return new Measured(List.of(settings));
    }

    static Measured inPostgres() {
        DatabaseUrl url = TestPostgres.newDatabase();
        return new Measured(List.of(
                "--spring.datasource.url=" + url.jdbcUrl(),
                "--spring.datasource.username=" + url.user(),
                "--spring.datasource.password=" + url.password()));
    }

    private boolean answer(FakeUpstream.Arrival arrival, Socket connection) throws IOException {
        if (arrival.path().endsWith("/404")) {
            return FakeUpstream.respond(connection, 404, "");
        }
        if (arrival.path().endsWith("/503") && busy.add(arrival.path())) {
            return FakeUpstream.respond(connection, 503, "");
        }
        return FakeUpstream.respond(connection, 200, "{\"data\":\"processed\"}");
    }

    /** Has all of it done. */
    Measured work() {
        List<String> ids = WORK.stream().map(http::submit).toList();
        await().atMost(Duration.ofSeconds(30)).until(() -> ids.stream().allMatch(this::hasEnded));
        return this;
    }

    private boolean hasEnded(String id) {
        String status = http.get("/status/" + id).json().get("status").asString();
        return status.equals("completed") || status.equals("failed");
    }

    Http http() {
        return http;
    }

    Scrape scrape() {
        return Scrape.of(http);
    }

    @Override
    public void close() {
        service.close();
        try {
            upstream.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
