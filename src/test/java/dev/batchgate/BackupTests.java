package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backup as the operations page describes it, made while a service accepts and dispatches, and restored. */
@Tag("jar")
class BackupTests {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    private final List<String> acknowledged = new CopyOnWriteArrayList<>();

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void whatWasAcknowledgedBeforeABackupComesBackWithIt() throws Exception {
        Path backup = folder.resolve("backups").resolve("monday");
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        FakeUpstream.Script answers = (arrival, connection) -> FakeUpstream.respond(connection, 200, "{}");
        List<String> before;
        try (FakeUpstream upstream = new FakeUpstream(answers)) {
            try (StartedService service = start(first, upstream)) {
                service.awaitReady();
                CompletableFuture<Void> clients = CompletableFuture.runAsync(() -> submitUntilKilled(service.http()));
                await().atMost(PATIENCE)
                        .until(() -> acknowledged.size() > 50 && !upstream.log().isEmpty());
                before = List.copyOf(acknowledged);
                backUp(first.resolve("data"), backup);
                int then = acknowledged.size();
                await().atMost(PATIENCE).until(() -> acknowledged.size() > then + 10);
                assertThat(clients).isNotDone();
            }
            requireLedger(backup);

            Files.copy(
                    backup.resolve("batchgate.db"),
                    Files.createDirectory(second.resolve("data")).resolve("batchgate.db"));
            try (StartedService service = start(second, upstream)) {
                service.awaitReady();
                Http http = service.http();
                for (String id : before) {
                    await().atMost(PATIENCE).until(() -> isCompleted(http, id));
                }
                assertThat(http.get("/status/" + acknowledged.get(acknowledged.size() - 1))
                                .status())
                        .as("accepted after the backup")
                        .isEqualTo(404);
                assertThat(service.terminate()).isZero();
            }
            requireLedger(second.resolve("data"));
        }
    }

    private static StartedService start(Path in, FakeUpstream upstream) {
        return StartedService.start(
                QuickJar.command(),
                in,
                Map.of("BATCHGATE_INTERVAL", "5ms", "BATCHGATE_UPSTREAM_URL", upstream.url("/{id}")));
    }

    private void submitUntilKilled(Http http) {
        try {
            while (true) {
                acknowledged.add(http.submit("{\"ids\":[1,2,3,4]}"));
            }
        } catch (AssertionError killed) {
            // Nobody can be told any more.
        }
    }

    private static boolean isCompleted(Http http, String id) {
        Http.Answer answer = http.get("/status/" + id);
        assertThat(answer.status()).as(id).isEqualTo(200);
        return answer.json().get("status").asString().equals("completed");
    }

    private static void backUp(Path store, Path to) throws Exception {
        List<String> arguments = new ArrayList<>(QuickJar.command());
        arguments.addAll(List.of("backup-store", "--store", store.toString(), "--to", to.toString()));
        Process command =
                new ProcessBuilder(arguments).redirectErrorStream(true).start();
        String printed = new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(command.waitFor()).as(printed).isZero();
        assertThat(printed).contains("checked and on disk").doesNotContain("WARN");
    }

    private static void requireLedger(Path store) {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", store.toString()), new PrintStream(report, true, StandardCharsets.UTF_8));
        assertThat(exit).as(report.toString(StandardCharsets.UTF_8)).isZero();
    }
}
