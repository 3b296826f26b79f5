package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SimulatedUpstreamTests {

    @Test
    void hasEveryIdOnceItsTimeIsOver() throws Exception {
        Batch batch = new Batch(UUID.randomUUID(), 0, List.of(1L, 2L));
        long before = System.nanoTime();

        Outcome outcome = new SimulatedUpstream(Duration.ofMillis(50))
                .fetch(batch, () -> {})
                .toCompletableFuture()
                .get(5, TimeUnit.SECONDS);

        assertThat(System.nanoTime() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
        assertThat(outcome)
                .isEqualTo(new Outcome(
                        List.of(
                                new IdOutcome.Fetched(Data.json("{\"id\":1,\"data\":\"processed\"}")),
                                new IdOutcome.Fetched(Data.json("{\"id\":2,\"data\":\"processed\"}"))),
                        Duration.ZERO));
    }

    @Test
    void departsAtOnce() {
        boolean[] departed = {false};

        var unused = new SimulatedUpstream(Duration.ofHours(1))
                .fetch(new Batch(UUID.randomUUID(), 0, List.of(1L)), () -> departed[0] = true);

        assertThat(departed[0]).isTrue();
    }
}
