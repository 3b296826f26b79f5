package dev.batchgate.metrics;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    @Bean
    WorkMeters workMeters(MeterRegistry registry, Telemetry telemetry) {
        WorkMeters meters = new WorkMeters(registry);
        telemetry.attach(meters);
        return meters;
    }

    @Bean
    DeliveryMeters deliveryMeters(MeterRegistry registry) {
        return new DeliveryMeters(registry);
    }

    @Bean
    QueueGauges queueGauges(MeterRegistry registry, BatchQueue queue, BatchgateProperties properties, Clock clock) {
        QueueGauges gauges = new QueueGauges(queue, clock, System::nanoTime);
        gauges.register(registry);
        QueueGauges.registerSettings(registry, properties);
        return gauges;
    }

    @Bean
    ReadyGauge readyGauge(MeterRegistry registry, ObjectProvider<HealthEndpoint> health) {
        ReadyGauge gauge = new ReadyGauge(health);
        gauge.register(registry);
        return gauge;
    }
}
