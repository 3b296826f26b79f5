package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Disturbances.Disturbance;
import dev.batchgate.Disturbances.Excuse;
import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What every test of replicas starts from: a PostgreSQL of its own, an upstream that keeps a log, three replicas that are
 * short-tempered, and a record of what was done to them.
 */
final class ReplicaGroup implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofMillis(40);
    static final Duration LEASE = Duration.ofSeconds(1);

    /** How long replicas may take, once they have their database back. */
    static final Duration RECOVERY = Duration.ofSeconds(10);

    private final Disturbances disturbances = new Disturbances(RECOVERY, LEASE.multipliedBy(2));
    private final Deque<PostgresServer> servers = new ArrayDeque<>(List.of(PostgresServer.started()));
    private final String database = server().newDatabase();
    private final FetchLog log;
    private final FakeUpstream upstream;
    private final Replicas replicas;

    private ReplicaGroup(Path folder, FetchLog log, Map<String, String> settings) {
        this.log = log;
        this.upstream = FakeUpstream.watching(log);
        Map<String, String> environment = new HashMap<>(Map.of(
                "BATCHGATE_INTERVAL",
                INTERVAL.toMillis() + "ms",
                "BATCHGATE_STORE_LEASE",
                LEASE.toMillis() + "ms",
                "BATCHGATE_UPSTREAM_BACKOFF",
                "50ms",
                "BATCHGATE_UPSTREAM_URL",
                upstream.url("/{id}")));
        environment.putAll(settings);
        this.replicas = new Replicas(3, folder, server(), database, environment, disturbances);
    }

    /** Three that are ready. */
    static ReplicaGroup ready(Path folder, FetchLog log) {
        return ready(folder, log, Map.of());
    }

    /** Three that are ready, and have these settings besides. */
    static ReplicaGroup ready(Path folder, FetchLog log, Map<String, String> settings) {
        ReplicaGroup group = new ReplicaGroup(folder, log, settings);
        try {
            group.replicas.awaitReady();
            return group;
        } catch (RuntimeException | Error failed) {
            group.close();
            throw failed;
        }
    }

    Replicas replicas() {
        return replicas;
    }

    PostgresServer server() {
        return servers.getFirst();
    }

    String database() {
        return database;
    }

    Disturbances disturbances() {
        return disturbances;
    }

    /** Of what the upstream has seen. */
    FetchJudge judge() {
        return new FetchJudge(log.fetches(), INTERVAL);
    }

    List<FetchLog.Fetch> fetches() {
        return log.fetches();
    }

    /** Has another server follow the one there is, which is away for a moment. */
    void addStandby() throws IOException {
        Disturbance outage = disturbances.begin(Disturbances.EVERYBODY, Excuse.NO_ANSWER, Excuse.REPEAT);
        servers.addLast(server().standby());
        outage.over();
    }

    /** Kills the server, and has the standby take its place, which has all that it had acknowledged. */
    void failOver() throws IOException {
        Disturbance outage = disturbances.begin(Disturbances.EVERYBODY, Excuse.NO_ANSWER, Excuse.REPEAT);
        PostgresServer dead = servers.removeFirst();
        dead.kill();
        server().promote();
        replicas.lead(server().port());
        outage.over();
        dead.close();
    }

    /** What the ledger proves: to the nanosecond, and with every decision about who was next. */
    void requireLedger() {
        ByteArrayOutputStream report = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", server().variable(database)), new PrintStream(report, true, StandardCharsets.UTF_8));
        assertThat(exit).as(report.toString(StandardCharsets.UTF_8)).isZero();
    }

    /** Whether nothing waits and nothing is in flight any more. */
    boolean isDrained() {
        var queue = replicas.get(0).running().http().get("/queue").json();
        return queue.get("in_flight").asInt() == 0
                && queue.get("waiting")
                        .valueStream()
                        .allMatch(waiting -> waiting.get("batches").asInt()
                                        + waiting.get("retrying").asInt()
                                == 0);
    }

    @Override
    public void close() {
        try {
            replicas.close();
            upstream.close();
            for (PostgresServer server : servers) {
                server.close();
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
