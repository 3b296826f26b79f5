package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class StartRefusedTests {

    @Configuration(proxyBeanMethods = false)
    static class Refusing {
        @Bean
        Object refused() {
            throw new StartRefused("The door is locked.", "Bring the key.");
        }
    }

    @Test
    void aRefusedStartEndsWithTheProblemAndTheActionAndNoStackTrace(CapturedOutput log) {
        assertThatThrownBy(() -> new SpringApplicationBuilder(Refusing.class)
                        .web(WebApplicationType.NONE)
                        .run())
                .hasRootCauseInstanceOf(StartRefused.class);

        assertThat(log.getAll())
                .contains("APPLICATION FAILED TO START", "The door is locked.", "Bring the key.")
                .doesNotContain("\tat ");
    }
}
