package dev.batchgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.DeliveryState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

/** What became of attempts to tell receivers. */
class DeliveryMetersTests {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final DeliveryMeters meters = new DeliveryMeters(registry);

    @Test
    void eachAttemptIsCountedByWhatBecameOfItsDelivery() {
        meters.attempted(DeliveryState.PENDING, 503);
        meters.attempted(DeliveryState.PENDING, null);
        meters.attempted(DeliveryState.DELIVERED, 204);
        meters.attempted(DeliveryState.EXHAUSTED, 500);

        assertThat(count("retried")).isEqualTo(2);
        assertThat(count("delivered")).isEqualTo(1);
        assertThat(count("exhausted")).isEqualTo(1);
        assertThat(count("gone")).as("what has not happened is there, too").isZero();
    }

    private double count(String outcome) {
        return registry.get("batchgate.webhook.attempts")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
