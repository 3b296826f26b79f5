package dev.batchgate.tracing;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Leaves out all that Spring Boot sets up for traces unless somebody takes them. Without an exporter it would make spans all the
 * same, for every request, to throw them away.
 */
class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware {

    /** Where traces go; {@code OTEL_EXPORTER_OTLP_ENDPOINT} is read into it. */
    static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final List<String> OF_TRACES =
            List.of("org.springframework.boot.micrometer.tracing.", "org.springframework.boot.opentelemetry.");

    private @Nullable Environment environment;

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
        boolean isOn = StringUtils.hasText(Objects.requireNonNull(environment).getProperty(ENDPOINT));
        boolean[] matches = new boolean[configurations.length];
        for (int i = 0; i < matches.length; i++) {
            String name = String.valueOf(configurations[i]);
            matches[i] = isOn || OF_TRACES.stream().noneMatch(name::startsWith);
        }
        return matches;
    }
}
