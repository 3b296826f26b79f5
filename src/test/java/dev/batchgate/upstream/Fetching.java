package dev.batchgate.upstream;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.springframework.util.unit.DataSize;

/** Batches, fetched over HTTP from servers that do what the test tells them to. */
final class Fetching {

    static final Duration GENEROUS = Duration.ofSeconds(10);

    private Fetching() {}

    static HttpUpstream upstream(String url) {
        return upstream(url, GENEROUS);
    }

    static HttpUpstream upstream(String url, Duration timeout) {
        return upstream(url, settings(timeout, DataSize.ofMegabytes(1), Map.of()));
    }

    static HttpUpstream upstream(String url, UpstreamProperties settings) {
        return upstream(url, settings, Duration.ofMillis(1));
    }

    static HttpUpstream upstream(String url, UpstreamProperties settings, Duration interval) {
        BatchgateProperties gate = new BatchgateProperties(
                3, interval, 1, false, null, new BatchgateProperties.Limits(10_000, 1_000_000_007, 1_000_000));
        return new HttpUpstream(new UrlTemplate(url), settings, gate, Clock.systemUTC());
    }

    static UpstreamProperties settings(Duration timeout, DataSize maxBody, Map<String, String> headers) {
        return new UpstreamProperties(null, headers, timeout, maxBody, Duration.ZERO);
    }

    static Batch batch(long... ids) {
        return new Batch(UUID.randomUUID(), 0, Arrays.stream(ids).boxed().toList());
    }

    static Outcome outcome(HttpUpstream upstream, long... ids) throws Exception {
        return upstream.fetch(batch(ids), () -> {}).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    static List<IdOutcome> fetch(HttpUpstream upstream, long... ids) throws Exception {
        return outcome(upstream, ids).ids();
    }

    /** One id, from a server of its own. */
    static IdOutcome fetchOne(FakeUpstream.Script script) throws Exception {
        try (FakeUpstream server = new FakeUpstream(script);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            return fetch(upstream, 1).get(0);
        }
    }

    /** All ids with one request, from a server of its own. */
    static List<IdOutcome> fetchTogether(FakeUpstream.Script script, long... ids) throws Exception {
        try (FakeUpstream server = new FakeUpstream(script);
                HttpUpstream upstream = upstream(server.url("/?ids={ids}"))) {
            return fetch(upstream, ids);
        }
    }

    /** A complete answer whose body is not necessarily text. */
    static boolean respond(Socket connection, byte[] body, String... headers) throws IOException {
        String head = "HTTP/1.1 200 Scripted\r\nContent-Length: " + body.length + "\r\n"
                + String.join(
                        "",
                        Arrays.stream(headers).map(header -> header + "\r\n").toList()) + "\r\n";
        connection.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().write(body);
        connection.getOutputStream().flush();
        return true;
    }
}
