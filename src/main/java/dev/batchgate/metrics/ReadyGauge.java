package dev.batchgate.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;

/** What the readiness probe would be told, for who scrapes and cannot see the probe. */
final class ReadyGauge {

    private final ObjectProvider<HealthEndpoint> health;

    ReadyGauge(ObjectProvider<HealthEndpoint> health) {
        this.health = health;
    }

    void register(MeterRegistry registry) {
        Gauge.builder("batchgate.ready", this, ReadyGauge::value)
                .description("Whether this replica is ready: 1, or 0")
                .strongReference(true)
                .register(registry);
    }

    private double value() {
        HealthEndpoint endpoint = health.getIfAvailable();
        HealthDescriptor readiness = endpoint == null ? null : endpoint.healthForPath("readiness");
        return readiness != null && readiness.getStatus().equals(Status.UP) ? 1 : 0;
    }
}
