package dev.batchgate.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.StartRefused;
import dev.batchgate.ingestion.Upstream;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.unit.DataSize;

@ExtendWith(OutputCaptureExtension.class)
class UpstreamPropertiesTests {

    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
            .withUserConfiguration(Gate.class, UpstreamConfiguration.class);

    @EnableConfigurationProperties(BatchgateProperties.class)
    static class Gate {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }
    }

    @Test
    void withoutAnUrlTheUpstreamIsSimulatedAndTheLogSaysSo(CapturedOutput log) {
        application.run(context -> assertThat(context.getBean(Upstream.class)).isInstanceOf(SimulatedUpstream.class));

        assertThat(log).contains("The upstream is SIMULATED", "every batch takes 1s", "batchgate.upstream.url");
    }

    @Test
    void anEmptyUrlIsNone() {
        application
                .withPropertyValues("batchgate.upstream.url=")
                .run(context -> assertThat(context.getBean(Upstream.class)).isInstanceOf(SimulatedUpstream.class));
    }

    @Test
    void theLogNamesTheHostAndKeepsTheRestOfTheUrlAndTheHeadersToItself(CapturedOutput log) {
        application
                .withPropertyValues(
                        "batchgate.upstream.url=https://api.example:8443/v1/{id}?key=s3cret",
                        "batchgate.upstream.headers.Authorization=Bearer t0ken")
                .run(context -> assertThat(context.getBean(Upstream.class)).isInstanceOf(HttpUpstream.class));

        assertThat(log).contains("The upstream is https://api.example:8443").doesNotContain("s3cret", "t0ken");
    }

    @ParameterizedTest
    @CsvSource({"1B, 1", "2KB, 2048", "64MB, 67108864", "5, 5"})
    void theLargestAnswerIsOfAnySizeThatMemoryHasRoomFor(String setting, long bytes) {
        application
                .withPropertyValues("batchgate.upstream.max-body=" + setting)
                .run(context -> assertThat(
                                context.getBean(UpstreamProperties.class).maxBody())
                        .isEqualTo(DataSize.ofBytes(bytes)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout=0",
                "timeout=2h",
                "simulated-latency=-1s",
                "max-body=0B",
                "max-body=-1B",
                "max-body=64MB1",
                "max-body=67108865B",
            })
    void aSettingThatMakesNoSenseStopsTheStartAndIsNamed(String setting) {
        application
                .withPropertyValues("batchgate.upstream." + setting)
                .run(context ->
                        assertThat(context).hasFailed().getFailure().hasStackTraceContaining("batchgate.upstream"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "url=ftp://api.example/{id}?key=s3cret",
                "url=https://s3cret@api.example/{id}",
                "url=https://api.example/{id}?key=s3cret^",
                "headers.Authorization=s3cret\nHost: elsewhere",
                "headers.x-TEAM=s3cret",
            })
    void whatMayHoldASecretIsRefusedWithoutShowingIt(String setting, CapturedOutput log) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(
                                ValidationAutoConfiguration.class, Gate.class, UpstreamConfiguration.class)
                        .web(WebApplicationType.NONE)
                        .properties(
                                "batchgate.upstream.url=https://api.example/{id}",
                                "batchgate.upstream.headers.X-Team=s3cret")
                        .run("--batchgate.upstream." + setting))
                .hasRootCauseInstanceOf(StartRefused.class);

        assertThat(log.getAll())
                .contains("APPLICATION FAILED TO START", "batchgate.upstream.")
                .doesNotContain("s3cret");
    }

    @Test
    void aSizeThatMakesNoSenseIsRefusedInASentence(CapturedOutput log) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(
                                ValidationAutoConfiguration.class, Gate.class, UpstreamConfiguration.class)
                        .web(WebApplicationType.NONE)
                        .run(
                                "--batchgate.upstream.max-body=65MB",
                                "--batchgate.upstream.headers.Authorization=s3cret",
                                "--batchgate.upstream.url=https://api.example/{id}?key=s3cret"))
                .isInstanceOf(Exception.class);

        assertThat(log.getAll())
                .contains("APPLICATION FAILED TO START", "batchgate.upstream.max-body", "from 1B to 64MB")
                .doesNotContain("s3cret");
    }

    @Test
    void aHeaderCanBeNamedInTheEnvironmentWhereNoHyphenCan() {
        application
                .withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addFirst(new SystemEnvironmentPropertySource(
                                "test-systemEnvironment",
                                Map.of(
                                        "BATCHGATE_UPSTREAM_HEADERS_AUTHORIZATION", "Bearer t0ken",
                                        "BATCHGATE_UPSTREAM_HEADERS_X_API_KEY", "s3cret"))))
                .withPropertyValues("batchgate.upstream.headers.X-Team=blue")
                .run(context -> assertThat(SentHeaders.of(
                                context.getBean(UpstreamProperties.class).headers()))
                        .isEqualTo(Map.of("authorization", "Bearer t0ken", "x-api-key", "s3cret", "X-Team", "blue")));
    }
}
