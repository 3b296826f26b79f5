package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The finished jar as a process of its own, configured the way a container platform does it: by environment. */
@Tag("jar")
class StartedJarTests {

    @TempDir
    private Path folder;

    private Process process;

    @BeforeEach
    void nothingRunsYet() {
        process = null;
    }

    @AfterEach
    void stop() {
        if (process != null) {
            process.destroyForcibly();
        }
    }

    @Test
    void startsOnThePortOfTheEnvironmentServesAndStopsWhenTold() throws Exception {
        int port = freePort();
        start(Map.of(
                "PORT", String.valueOf(port),
                "BATCHGATE_INTERVAL", "50ms",
                "BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "10ms"));
        Http http = new Http(port);
        await().atMost(Duration.ofSeconds(60)).until(() -> log().contains("Started BatchgateApplication"));

        String id = http.submit("{\"ids\":[1,2,3,4,5],\"priority\":\"HIGH\"}");
        await().atMost(Duration.ofSeconds(10))
                .until(() -> http.get("/status/" + id)
                        .json()
                        .get("status")
                        .asString()
                        .equals("completed"));

        assertThat(log())
                .contains("The upstream is SIMULATED", "One batch of up to 3 ids every 50ms, at most 1 in flight");
        // A batch that waits for work must not hold up the end.
        process.destroy();
        assertThat(process.waitFor(15, TimeUnit.SECONDS))
                .as("stopped within 15 s")
                .isTrue();
        assertThat(log()).contains("Graceful shutdown complete").doesNotContain("ERROR");
    }

    @Test
    void aSettingThatMakesNoSenseEndsItWithASentence() throws Exception {
        start(Map.of("PORT", "0", "BATCHGATE_INTERVAL", "0s", "BATCHGATE_UPSTREAM_URL", "ftp://api.example/{id}"));

        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(1);
        assertThat(log())
                .contains("APPLICATION FAILED TO START", "batchgate.interval")
                .doesNotContain("\tat ");
    }

    private void start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-jar",
                        System.getProperty("batchgate.jar"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .directory(folder.toFile());
        builder.environment().putAll(environment);
        process = builder.start();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
