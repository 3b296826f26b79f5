package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Disturbances.Excuse;
import dev.batchgate.Replicas.Replica;
import dev.batchgate.Replicas.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A database that goes away and comes back: replicas say so, refuse what they cannot keep, and go on by themselves. */
@Tag("jar")
@Tag("replicas")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DatabaseOutageTests {

    /** How long a replica may take until it knows: it asks every other second, and waits 5 s for an answer. */
    private static final Duration NOTICE = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private final ExecutorService asking = Executors.newCachedThreadPool();
    private ReplicaGroup group;

    @BeforeAll
    void start() {
        group = ReplicaGroup.ready(folder, FetchLog.willing());
    }

    @AfterAll
    void stop() {
        asking.shutdown();
        group.close();
    }

    @Test
    void whileItIsDownNobodyIsReadyAndNothingIsAcceptedAndThenAllGoesOn() {
        outage(group.server()::kill, group.server()::start);
        outage(group.server()::stop, group.server()::start);
    }

    @Test
    void whileItHangsNobodyIsReadyAndNothingIsAcceptedAndThenAllGoesOn() {
        outage(group.server()::freeze, group.server()::thaw);
    }

    @Test
    void whoAloneIsCutOffAloneIsNotReady() {
        List<Replica> all = group.replicas().all();
        all.get(0).part();
        await().atMost(NOTICE).until(() -> !all.get(0).running().isReady());
        requireRefusal(all.get(0).running());
        assertThat(all.get(1).running().isReady()).isTrue();
        requireWorks(all.get(1).running());
        all.get(0).heal();

        await().atMost(ReplicaGroup.RECOVERY).until(() -> all.get(0).running().isReady());
        requireWorks(all.get(0).running());
    }

    private void outage(Runnable begin, Runnable end) {
        var outage = group.disturbances().begin(Disturbances.EVERYBODY, Excuse.NO_ANSWER, Excuse.REPEAT);
        begin.run();
        long down = System.nanoTime();
        for (Replica replica : group.replicas().all()) {
            await().atMost(NOTICE).until(() -> !replica.running().isReady());
        }
        long noticed = System.nanoTime();
        // All at once, however few processors there are: who hangs takes a while to be taken for gone.
        CompletableFuture.allOf(group.replicas().all().stream()
                        .map(replica -> CompletableFuture.runAsync(() -> requireRefusal(replica.running()), asking))
                        .toArray(CompletableFuture[]::new))
                .join();
        long refused = System.nanoTime();
        end.run();
        outage.over();
        long up = System.nanoTime();
        for (Replica replica : group.replicas().all()) {
            await().atMost(ReplicaGroup.RECOVERY).until(() -> replica.running().isReady());
        }
        long ready = System.nanoTime();
        group.replicas().all().forEach(replica -> requireWorks(replica.running()));
        System.out.printf(
                "noticed after %d ms, all asked and refused in %d ms, ready %d ms after it was back%n",
                (noticed - down) / 1_000_000, (refused - noticed) / 1_000_000, (ready - up) / 1_000_000);
    }

    private static void requireRefusal(Running running) {
        Http.Answer refused = running.http().ingest("{\"ids\":[1]}");
        assertThat(refused.status()).as(running.name()).isEqualTo(503);
        assertThat(refused.header("Retry-After")).matches("[1-9][0-9]*");
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(running.http().get("/actuator/health/readiness").status()).isEqualTo(503);
        assertThat(running.http().get("/actuator/health/liveness").status()).isEqualTo(200);
    }

    private static void requireWorks(Running running) {
        String id = running.http().submit("{\"ids\":[1,2,3]}");
        await().atMost(ReplicaGroup.RECOVERY)
                .until(() -> running.http()
                        .get("/status/" + id)
                        .json()
                        .get("status")
                        .asString()
                        .equals("completed"));
    }
}
