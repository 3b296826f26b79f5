package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The finished jar as a process of its own, configured the way a container platform does it: by environment. */
@Tag("jar")
class StartedJarTests {

    @TempDir
    private Path folder;

    @Test
    void startsOnThePortOfTheEnvironmentServesAndStopsWhenTold() throws Exception {
        try (StartedService service = StartedService.start(
                        folder,
                        Map.of("BATCHGATE_INTERVAL", "50ms", "BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "10ms"),
                        StartedService.QUICK_TO_START)
                .awaitReady()) {
            serveAndStop(service);
        }
    }

    private static void serveAndStop(StartedService service) {
        Http http = service.http();
        String id = http.submit("{\"ids\":[1,2,3,4,5],\"priority\":\"HIGH\"}");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> http.get("/status/" + id)
                        .json()
                        .get("status")
                        .asString()
                        .equals("completed"));

        assertThat(service.log())
                .contains("The upstream is SIMULATED", "One batch of up to 3 ids every 50ms, at most 1 in flight");
        // A batch that waits for work must not hold up the end.
        assertThat(service.terminate()).isZero();
        assertThat(service.log()).contains("Graceful shutdown complete").doesNotContain("ERROR");
    }

    @Test
    void aSettingThatMakesNoSenseEndsItWithASentence() {
        try (StartedService service = StartedService.start(
                QuickJar.command(),
                folder,
                Map.of("BATCHGATE_INTERVAL", "0s", "BATCHGATE_UPSTREAM_URL", "ftp://api.example/{id}"))) {
            assertThat(service.exit()).isEqualTo(1);
            assertThat(service.log())
                    .contains("APPLICATION FAILED TO START", "batchgate.interval")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void aFloodOfNamesIsReadInASmallHeap() {
        try (StartedService service = StartedService.start(
                        QuickJar.command(List.of(StartedService.QUICK_TO_START, "-Xmx192m")), folder, Map.of())
                .awaitReady()) {
            flood(service);
        }
    }

    private static void flood(StartedService service) {
        Http http = service.http();
        int first = 1 << 20;
        String names = IntStream.range(first, first + 1_400_000)
                .mapToObj(name -> "\"" + Integer.toHexString(name) + "\":")
                .collect(Collectors.joining("1,", "{", "1}"));

        List<Integer> answers =
                Stream.generate(() -> CompletableFuture.supplyAsync(() -> http.ingest(names)))
                        .limit(6)
                        .toList()
                        .stream()
                        .map(answer -> answer.join().status())
                        .toList();

        assertThat(answers).containsOnly(400);
        http.submit("{\"ids\":[1]}");
        assertThat(service.log()).doesNotContain("ERROR", "OutOfMemoryError");
    }

    @Test
    void neitherAStopNorAKillLeavesTheNativeLibraryBehind() throws Exception {
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        List<String> command =
                QuickJar.command(List.of(StartedService.QUICK_TO_START, "-Djava.io.tmpdir=" + temporary));
        try (StartedService killed =
                StartedService.start(command, folder, Map.of()).awaitReady()) {
            assertThat(killed.http().ingest("{\"ids\":[1]}").status()).isEqualTo(200);
        }
        try (StartedService stopped =
                StartedService.start(command, folder, Map.of()).awaitReady()) {
            assertThat(stopped.terminate()).isZero();
        }

        try (Stream<Path> left = Files.walk(temporary)) {
            assertThat(left).noneMatch(path -> path.toString().contains("sqlite"));
        }
    }

    @Test
    void theProofRunsFromTheSameJar() throws Exception {
        try (StartedService service = StartedService.start(
                        QuickJar.command(), folder, Map.of("BATCHGATE_INTERVAL", "10ms"))
                .awaitReady()) {
            service.http().submit("{\"ids\":[1,2,3,4,5]}");
            Process proof = new ProcessBuilder(
                            StartedService.java(),
                            StartedService.QUICK_TO_START,
                            "-jar",
                            System.getProperty("batchgate.jar"),
                            "verify-ledger",
                            "--store",
                            folder.resolve("data").toString())
                    .redirectErrorStream(true)
                    .start();

            assertThat(new String(proof.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("ingestions   1", "violations   0")
                    .doesNotContain("WARN");
            assertThat(proof.waitFor()).isZero();
        }
    }
}
