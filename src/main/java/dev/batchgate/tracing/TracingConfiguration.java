package dev.batchgate.tracing;

import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.Traceparents;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.time.Clock;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(TracingSwitch.ENDPOINT)
class TracingConfiguration {

    @Bean
    Traceparents.Source traceparentSource() {
        return () -> TraceContext.format(Span.current().getSpanContext());
    }

    @Bean
    DispatchSpans dispatchSpans(
            OpenTelemetry openTelemetry, Traceparents traceparents, Telemetry telemetry, Clock clock) {
        DispatchSpans spans = new DispatchSpans(openTelemetry.getTracer("dev.batchgate"), traceparents, clock);
        telemetry.attach(spans);
        return spans;
    }

    /** Who looks after the service asks every few seconds, which is nobody's trace. */
    @Bean
    SpanExportingPredicate noProbes() {
        return span -> !String.valueOf(span.getTags().get("uri")).startsWith("/actuator");
    }
}
