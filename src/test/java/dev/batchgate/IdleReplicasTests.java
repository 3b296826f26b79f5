package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Replicas.Running;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Replicas that have just started, or have nothing to do: quick to begin and easy on the database. */
@Tag("jar")
@Tag("replicas")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IdleReplicasTests {

    private static final int TRIES = 15;
    private static final Duration WATCHED = Duration.ofSeconds(10);
    private static final int STATEMENTS_A_SECOND = 5;
    private static final Pattern STATEMENT = Pattern.compile("LOG:  (?:statement|execute [^:]+): (.*)");

    @TempDir
    private static Path folder;

    private ReplicaGroup group;

    @BeforeAll
    void startAllAtTheSameInstant() {
        group = ReplicaGroup.ready(folder, FetchLog.willing(), Map.of("BATCHGATE_STORE_LEASE", "10s"));
    }

    @AfterAll
    void stop() {
        group.close();
    }

    @Test
    void acceptedByOneReplicaDispatchedAtOnceByAnyThatIsIdle() {
        List<Running> all =
                group.replicas().all().stream().map(Replicas.Replica::running).toList();
        for (int warmUp = 0; warmUp < 6; warmUp++) {
            delay(all.get(warmUp % 3));
        }
        List<Long> micros = new ArrayList<>();
        int byAnother = 0;
        for (int i = 0; i < TRIES; i++) {
            Running accepting = all.get(i % 3);
            micros.add(delay(accepting) / 1_000);
            String sender = group.fetches().get(group.fetches().size() - 1).sender();
            byAnother += sender.equals(accepting.name()) ? 0 : 1;
        }
        System.out.printf(
                "first request after the answer, in µs: %s; %d of %d by another replica%n", micros, byAnother, TRIES);
        micros.sort(null);
        assertThat(micros.get(TRIES / 2)).as("median of %s", micros).isLessThan(50_000);
    }

    /** From the answer to the arrival of the batch at the upstream, in nanoseconds; below 0 if it was there before. */
    private long delay(Running accepting) {
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        int before = group.fetches().size();
        accepting.http().submit("{\"ids\":[1]}");
        long answered = System.nanoTime();
        await().pollInterval(Duration.ofMillis(1)).until(() -> group.fetches().size() > before);
        return group.fetches().get(before).from() - answered;
    }

    @Test
    void whoWaitsAtOneReplicaIsAnsweredOnceAnotherHasChangedSomething() {
        Http first = group.replicas().get(0).running().http();
        Http second = group.replicas().get(1).running().http();
        Http third = group.replicas().get(2).running().http();
        third.send("POST", "/queue/pause", "");
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            String id = first.submit("{\"ids\":[1],\"priority\":\"LOW\"}");
            String known = third.get("/status/" + id).header("ETag");
            CompletableFuture<Long> answered = CompletableFuture.supplyAsync(() -> {
                Http.Answer answer = second.get("/status/" + id, "Prefer", "wait=15", "If-None-Match", known);
                assertThat(answer.json().get("status").asString()).isEqualTo("cancelled");
                return System.nanoTime();
            });
            await().during(Duration.ofMillis(100)).until(() -> !answered.isDone());
            third.send("DELETE", "/ingest/" + id, "");
            long changed = System.nanoTime();
            micros.add((answered.join() - changed) / 1_000);
        }
        third.send("POST", "/queue/resume", "");
        System.out.printf("answered at one replica after another had changed it, in µs: %s%n", micros);
        micros.sort(null);
        assertThat(micros.get(TRIES / 2)).as("median of %s", micros).isLessThan(200_000);
    }

    @Test
    void whoFollowsAtOneReplicaIsToldOnceAnotherHasChangedSomething() {
        Http first = group.replicas().get(0).running().http();
        int second = group.replicas().get(1).running().service().port();
        Http third = group.replicas().get(2).running().http();
        third.send("POST", "/queue/pause", "");
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            String id = first.submit("{\"ids\":[1],\"priority\":\"LOW\"}");
            try (EventReader one = new EventReader(second, "/status/" + id + "/events");
                    EventReader queue = new EventReader(second, "/queue/events")) {
                await().until(() ->
                        one.events().size() == 1 && !queue.events().isEmpty() && waiting(queue.events("queue")) == 1);
                third.send("DELETE", "/ingest/" + id, "");
                long changed = System.nanoTime();
                await().until(() -> one.hasEnded() && waiting(queue.events("queue")) == 0);
                assertThat(one.last().json().get("status").asString()).isEqualTo("cancelled");
                micros.add((one.last().at() - changed) / 1_000);
                micros.add((queue.last().at() - changed) / 1_000);
            }
        }
        third.send("POST", "/queue/resume", "");
        System.out.printf("told at one replica after another had changed it, in µs: %s%n", micros);
        micros.sort(null);
        assertThat(micros.get(TRIES)).as("median of %s", micros).isLessThan(200_000);
    }

    private static int waiting(List<EventReader.Event> events) {
        return events.get(events.size() - 1)
                .json()
                .get("waiting")
                .get("LOW")
                .get("batches")
                .asInt();
    }

    @Test
    void startedAtTheSameInstantOnAnEmptyDatabaseOneOfThemSetsItUp() throws SQLException {
        for (Replicas.Replica replica : group.replicas().all()) {
            assertThat(replica.running().isReady()).isTrue();
            assertThat(replica.running().service().log()).doesNotContain("ERROR");
        }
        try (Connection connection = group.server().connect(group.database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT count(*), count(DISTINCT version), bool_and(success) FROM batchgate.flyway_schema_history"
                                + " WHERE version IS NOT NULL")) {
            row.next();
            assertThat(row.getInt(1)).isPositive().isEqualTo(row.getInt(2));
            assertThat(row.getBoolean(3)).isTrue();
        }
    }

    @Test
    void withNothingToDoTheyHardlyAskTheDatabase() {
        delay(group.replicas().get(0).running());
        await().pollDelay(ReplicaGroup.LEASE.multipliedBy(2)).until(() -> true);
        group.server().execute("postgres", "ALTER SYSTEM SET log_statement = 'all'");
        group.server().execute("postgres", "SELECT pg_reload_conf()");
        await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
        int before = statements().size();
        await().atMost(WATCHED.plusSeconds(10)).pollDelay(WATCHED).until(() -> true);
        List<String> all = statements();
        List<String> idle = all.subList(before, all.size());
        double rate = idle.size() / (double) WATCHED.toSeconds();
        System.out.printf("%.1f statements a second of three idle replicas%n", rate);
        assertThat(rate).as("statements a second: %s", idle).isLessThan(STATEMENTS_A_SECOND);
        group.replicas().get(0).running().http().submit("{\"ids\":[1]}");
        assertThat(statements()).as("what is logged").hasSizeGreaterThan(all.size());
    }

    private List<String> statements() {
        return STATEMENT
                .matcher(group.server().log())
                .results()
                .map(found -> found.group(1))
                .toList();
    }
}
