package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client, from the same jar as the service and beside it. */
@Tag("jar")
class TerminalTests {

    /** Of a process that SIGTERM ended. */
    private static final int TERMINATED = 143;

    @TempDir
    private Path folder;

    private StartedService start(String interval) {
        return StartedService.start(
                        QuickJar.command(),
                        folder,
                        Map.of("BATCHGATE_INTERVAL", interval, "BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "10ms"))
                .awaitReady();
    }

    private Process client(StartedService service, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(QuickJar.command());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(folder.resolve("out").toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("BATCHGATE_URL", "http://localhost:" + service.port());
        return builder.start();
    }

    private static int exit(Process process) throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the client takes for ever");
        }
        return process.exitValue();
    }

    private String err() throws IOException {
        return Files.readString(folder.resolve("err"));
    }

    private String out() throws IOException {
        return Files.readString(folder.resolve("out"));
    }

    private void write(int ids) throws IOException {
        Files.writeString(
                folder.resolve("ids.txt"),
                IntStream.rangeClosed(1, ids).mapToObj(Integer::toString).collect(Collectors.joining("\n")));
    }

    @Test
    void aFileIsHandedInFollowedAndBroughtBack() throws Exception {
        write(20);
        try (StartedService service = start("20ms")) {
            assertThat(exit(client(service, "submit", "ids.txt", "--max-ids", "8", "--priority", "HIGH", "--follow")))
                    .isZero();
            String[] ingestions = out().lines().toArray(String[]::new);
            assertThat(ingestions).hasSize(3);
            assertThat(err()).contains("3 ingestions: all 8 batches completed.").doesNotContain("\r", "Spring");

            assertThat(exit(client(service, "results", ingestions[0], ingestions[1], ingestions[2])))
                    .isZero();
            assertThat(out().lines()).hasSize(20).allMatch(line -> line.contains("\"status\":\"completed\""));
            assertThat(out()).startsWith("{\"id\":1,").contains("\n{\"id\":20,");
        }
    }

    @Test
    void whoStopsFollowingIsToldThatTheWorkStaysQueued() throws Exception {
        write(30);
        try (StartedService service = start("1h")) {
            Process client = client(service, "submit", "ids.txt", "--follow");
            await().atMost(Duration.ofSeconds(60)).until(() -> err().contains("of 10 batches"));

            // As Ctrl-C does; but that signal is ignored by whatever a build in the background starts.
            Signals.send("TERM", Stream.of(client.toHandle()));

            assertThat(exit(client)).isEqualTo(TERMINATED);
            assertThat(err()).contains("The work stays queued.");
            assertThat(service.http()
                            .get("/status/" + out().strip())
                            .json()
                            .path("status")
                            .asString())
                    .isIn("triggered", "yet_to_start");
        }
    }
}
