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

/** Replicas that are replaced one by one while clients submit, as a platform deploys a new version. */
@Tag("jar")
@Tag("replicas")
class RollingDeployTests {

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void nothingIsLostAndNothingIsRepeatedAndOnlyWhoStopsTurnsClientsAway() throws Exception {
        try (ReplicaGroup group = ReplicaGroup.ready(folder, FetchLog.willing());
                ReplicaClients clients = new ReplicaClients(4, group, new Random())) {
            for (Replica replica : group.replicas().all()) {
                clients.allow(40);
                assertThat(replica.replace()).isZero();
            }
            await().atMost(ReplicaGroup.RECOVERY).until(clients::isDone);
            await().atMost(Duration.ofSeconds(60)).until(group::isDrained);
            clients.leave();

            ReplicaPromises promises = new ReplicaPromises(group, clients);
            System.out.printf("3 replicas replaced, %s%n", promises.figures());
            promises.requireKept();
            assertThat(group.judge().repeats()).isZero();
        }
    }
}
