package dev.batchgate;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database dies for good under load, and its standby, which has all that was acknowledged, takes its place. */
@Tag("jar")
@Tag("replicas")
class FailoverTests {

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void replicasGoOnWithTheStandbyAndNothingIsLostOrCrowded() throws Exception {
        try (ReplicaGroup group = ReplicaGroup.ready(folder, FetchLog.willing());
                ReplicaClients clients = new ReplicaClients(4, group, new Random())) {
            group.addStandby();
            clients.allow(60);
            await().until(() -> clients.acknowledged().size() > 20);
            group.failOver();
            clients.allow(60);
            await().atMost(ReplicaGroup.RECOVERY).until(clients::isDone);
            await().atMost(Duration.ofSeconds(60)).until(group::isDrained);
            clients.leave();

            ReplicaPromises promises = new ReplicaPromises(group, clients);
            System.out.printf("failover, %s%n", promises.figures());
            promises.requireKept();
        }
    }
}
