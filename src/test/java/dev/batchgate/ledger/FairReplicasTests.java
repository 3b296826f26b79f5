package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Fairness;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replicas with different settings, each of whose slots is judged by its own. */
class FairReplicasTests {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    /** What replicas wrote is read the same in a folder, which is made in no time. */
    private final HandMadeStore store = HandMadeStore.empty();

    private final SimulatedReplicas service = new SimulatedReplicas(INTERVAL, 1, new Fairness(true, null));

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void eachGivesSlotsByItsOwnSettings() {
        SimulatedReplicas.Replica fair = service.replicas.get(0);
        SimulatedIngestion first = service.submit("LOW", 9, "a");
        SimulatedIngestion second = service.submit("LOW", 6, "b");
        service.complete(service.take(first, 0));
        SimulatedReplicas.Replica strict = service.join(INTERVAL, 1, Fairness.STRICT);
        service.complete(service.take(first, 1));
        service.turnTo(fair);
        service.complete(service.take(second, 0));
        service.turnTo(strict);
        service.complete(service.take(first, 2));
        service.write(store);
        assertThat(store.verify()).contains("runs         2", "violations   0");

        store.sql("UPDATE dispatch SET run = 1, owner = 'a', turn = 2,"
                + " created_at = (SELECT created_at FROM ingestion WHERE sequence = 1) WHERE slot = 2");
        assertThat(store.verify())
                .contains(
                        "turn: slot 2 took batch 2 of ingestion 1 (LOW) while ingestion 2 (LOW) was waiting, and it was");
    }
}
