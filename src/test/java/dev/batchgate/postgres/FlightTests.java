package dev.batchgate.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class FlightTests {

    private final Flight flight = new Flight(
            new Batch(UUID.randomUUID(), 0, List.of(1L, 2L)),
            1,
            List.of(0, 1),
            1,
            Verdict.Before.NOTHING,
            0,
            0,
            Duration.ofSeconds(10));

    @Test
    void itHasLeftWhenTheLastOfItHadWhoeverSaysSoLast() {
        flight.left(500);
        flight.left(10);
        flight.departed(1_000);

        assertThat(flight.departedNanos()).isEqualTo(500);
    }

    @Test
    void withNothingSaidItHasLeftAsLateAsItMayHave() {
        flight.departed(1_000);

        assertThat(flight.departedNanos()).isEqualTo(1_000);
    }
}
