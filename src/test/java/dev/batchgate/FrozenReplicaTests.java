package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Replicas.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that are stopped for longer than their lease, again and again while they work, and do not know: what they
 * were about to send has been given to others by the time they go on.
 */
@Tag("jar")
@Tag("replicas")
class FrozenReplicaTests {

    private static final int TIMES = 1 + Integer.getInteger("crash.rounds", 4);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void whoWakesUpAfterItsLeaseSendsNothingThatHasGoneToAnother() throws Exception {
        try (ReplicaGroup group = ReplicaGroup.ready(folder, FetchLog.willing());
                ReplicaClients clients = new ReplicaClients(3, group, random)) {
            for (int i = 0; i < TIMES; i++) {
                clients.allow(20);
                await().pollDelay(Duration.ofMillis(200 + random.nextInt(100))).until(() -> true);
                freezeTwo(group.replicas(), i);
            }
            await().atMost(ReplicaGroup.RECOVERY).until(clients::isDone);
            await().atMost(Duration.ofSeconds(60)).until(group::isDrained);
            clients.leave();

            ReplicaPromises promises = new ReplicaPromises(group, clients);
            System.out.printf("%d times frozen, %s, seed %d%n", TIMES, promises.figures(), seed);
            promises.requireKept();
            assertThat(group.fetches()).extracting(FetchLog.Fetch::sender).contains("r1.1", "r2.1", "r3.1");
        }
    }

    /** At once and past their leases, so that whatever they had goes to the third. */
    private void freezeTwo(Replicas replicas, int first) throws InterruptedException {
        Replica one = replicas.get(first % 3);
        Replica other = replicas.get((first + 1) % 3);
        Duration time = ReplicaGroup.LEASE.multipliedBy(3).dividedBy(2).plusMillis(random.nextInt(500));
        one.freeze();
        other.freeze(time);
        one.thaw();
    }
}
