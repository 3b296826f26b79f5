package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk without room, as a limit on the size of files that is lifted while the service runs; and what else a folder
 * can be.
 */
@Tag("jar")
class DiskTests {

    private static final Path PRLIMIT = Path.of("/usr/bin/prlimit");

    /** Longer than it takes until it is tried again whether there is room. */
    private static final Duration FULL = Duration.ofSeconds(2);

    private static final Duration MOST = Duration.ofSeconds(30);

    private static final String IDS =
            IntStream.rangeClosed(1, 5_000).mapToObj(String::valueOf).collect(Collectors.joining(","));

    @TempDir
    private Path folder;

    @Test
    void withoutRoomNothingIsAcceptedAndWithRoomEverythingGoesOn() throws Exception {
        Assumptions.assumeTrue(Files.exists(PRLIMIT), "no prlimit (util-linux) to make a disk full with");
        List<String> acknowledged = new ArrayList<>();
        List<String> limited = new ArrayList<>(List.of("bash", "-c", "ulimit -S -f 2000 && exec \"$0\" \"$@\""));
        limited.addAll(QuickJar.command());
        try (StartedService service = StartedService.start(limited, folder, Map.of("BATCHGATE_INTERVAL", "1h"))
                .awaitReady()) {
            Http http = service.http();
            Http.Answer answer = submit(http, acknowledged);
            for (int i = 0; i < 1_000 && answer.status() == 200; i++) {
                answer = submit(http, acknowledged);
            }
            // What a submission finds too little may do for less, once; then there is no room for anything.
            await().during(FULL)
                    .atMost(MOST)
                    .until(() -> submit(http, acknowledged).status() == 503
                            && http.get("/actuator/health/readiness").status() == 503);

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("Retry-After")).isEqualTo("5");
            assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(answer.json().get("error").asString()).startsWith("Nothing can be stored at the moment");
            assertThat(http.get("/actuator/health/readiness").status()).isEqualTo(503);
            assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(acknowledged)
                    .isNotEmpty()
                    .allSatisfy(
                            id -> assertThat(http.get("/status/" + id).status()).isEqualTo(200));

            lift(service.process().pid());
            await().until(() -> http.get("/actuator/health/readiness").status() == 200);
            await().until(() -> submit(http, acknowledged).status() == 200);
        }
        try (StartedService again = StartedService.start(QuickJar.command(), folder, Map.of("BATCHGATE_INTERVAL", "1h"))
                .awaitReady()) {
            assertThat(acknowledged)
                    .allSatisfy(
                            id -> assertThat(again.http().get("/status/" + id).status())
                                    .isEqualTo(200));
            int batches = acknowledged.size() * 1667;
            assertThat(again.http()
                            .get("/queue")
                            .json()
                            .at("/waiting/MEDIUM/batches")
                            .asInt())
                    .as("what was refused is not there")
                    .isBetween(batches - 1, batches);
        }
    }

    @Test
    void aSecondProcessOnTheSameStoreIsRefusedWithASentence() {
        try (StartedService first = StartedService.start(QuickJar.command(), folder, Map.of())
                        .awaitReady();
                StartedService second = StartedService.start(QuickJar.command(), folder, Map.of())) {
            assertThat(second.exit()).isEqualTo(1);
            assertThat(second.log())
                    .contains("Another Batchgate process is using the store in ", "batchgate.store.path")
                    .doesNotContain("\tat ");
            assertThat(first.http().ingest("{\"ids\":[1]}").status()).isEqualTo(200);
        }
    }

    private static Http.Answer submit(Http http, List<String> acknowledged) {
        Http.Answer answer = http.ingest("{\"ids\":[" + IDS + "]}");
        if (answer.status() == 200) {
            acknowledged.add(answer.json().get("ingestion_id").asString());
        }
        return answer;
    }

    private static void lift(long pid) throws Exception {
        int exit = new ProcessBuilder(PRLIMIT.toString(), "--pid", String.valueOf(pid), "--fsize=unlimited:")
                .inheritIO()
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }
}
