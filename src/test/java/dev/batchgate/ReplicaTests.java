package dev.batchgate;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three replicas on one PostgreSQL, killed, frozen, replaced and cut off from it at random moments, and the PostgreSQL
 * with them, with an upstream that refuses some ids once and takes longer than a lease for others: judged by what the
 * upstream saw and the clients were told. {@code -Dcrash.rounds=100} makes it long.
 */
@Tag("jar")
@Tag("replicas")
class ReplicaTests {

    /** Two misfortunes each: with four, every kind comes once. */
    private static final int ROUNDS = Integer.getInteger("crash.rounds", 4);

    private static final int SUBMISSIONS_A_ROUND = 35;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final FetchLog log =
            new FetchLog(id -> id % 10 == 0, id -> id % 300 == 7 ? ReplicaGroup.LEASE.toMillis() * 3 / 2 : 5);

    @TempDir
    private Path folder;

    @Test
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void whateverHappensToThemAndTheirDatabaseNothingIsLostSkippedOrCrowded() throws Exception {
        try (ReplicaGroup group = ReplicaGroup.ready(folder, log);
                ReplicaClients clients = new ReplicaClients(4, group, random)) {
            Chaos chaos = new Chaos(group, random);
            for (int round = 1; round <= ROUNDS; round++) {
                clients.allow(SUBMISSIONS_A_ROUND);
                chaos.strike();
                chaos.awaitRecovery();
            }
            await().atMost(ReplicaGroup.RECOVERY).until(clients::isDone);
            await().atMost(Duration.ofMinutes(30)).until(group::isDrained);
            clients.leave();

            ReplicaPromises promises = new ReplicaPromises(group, clients);
            System.out.printf("%d rounds (%s), %s, seed %d%n", ROUNDS, chaos.happened(), promises.figures(), seed);
            promises.requireKept();
        }
    }
}
