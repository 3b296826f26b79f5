package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** 100,000 results of 2 KB, fetched, stored and read by four at once, in a heap of 128 MB. */
@Tag("jar")
class ResultsInASmallHeapTests {

    private static final int IDS = 100_000;
    private static final int BATCH = 500;
    private static final String FILL = "x".repeat(2_000);

    @TempDir
    private Path folder;

    /** Takes 35 s, and more than 70 where two others are busy: what is tested is the room that it takes. */
    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void aHundredThousandResultsStreamThrough() throws Exception {
        try (FakeUpstream upstream = new FakeUpstream((arrival, connection) ->
                FakeUpstream.respond(connection, 200, items(arrival.path()), "Content-Type: application/json"))) {
            Map<String, String> environment = Map.of(
                    "BATCHGATE_LIMITS_MAX_IDS", String.valueOf(IDS),
                    "BATCHGATE_BATCH_SIZE", String.valueOf(BATCH),
                    "BATCHGATE_INTERVAL", "1ms",
                    "BATCHGATE_UPSTREAM_URL", upstream.url("/?ids={ids}"));
            try (StartedService service = StartedService.start(
                            QuickJar.command(List.of(StartedService.QUICK_TO_START, "-Xmx128m")), folder, environment)
                    .awaitReady()) {
                String ids =
                        IntStream.rangeClosed(1, IDS).mapToObj(String::valueOf).collect(Collectors.joining(","));
                String ingestion = service.http().submit("{\"ids\":[%s]}".formatted(ids));
                await().atMost(Duration.ofMinutes(2))
                        .until(() -> service.http()
                                .get("/status/" + ingestion)
                                .json()
                                .get("status")
                                .asString()
                                .equals("completed"));
                List<CompletableFuture<Integer>> readers = Stream.generate(
                                () -> CompletableFuture.supplyAsync(() -> read(service.port(), ingestion)))
                        .limit(4)
                        .toList();
                readers.forEach(reader -> assertThat(reader.join()).isEqualTo(IDS));
                assertThat(service.log()).doesNotContain("ERROR", "OutOfMemoryError");
            }
        }
    }

    private static String items(String path) {
        return Stream.of(path.substring(path.indexOf('=') + 1).split(","))
                .map(id -> "{\"id\":" + id + ",\"fill\":\"" + FILL + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** Returns how many lines there are, of which each is about the id whose turn it is. */
    private static int read(int port, String ingestion) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/results/" + ingestion))
                .build();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofInputStream())
                        .body(),
                StandardCharsets.UTF_8))) {
            int id = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                id++;
                assertThat(line)
                        .startsWith("{\"id\":%d,\"status\":\"completed\",\"data\":{\"id\":%1$d,".formatted(id))
                        .hasSizeGreaterThan(FILL.length());
            }
            return id;
        } catch (IOException | InterruptedException broken) {
            throw new AssertionError(broken);
        }
    }
}
