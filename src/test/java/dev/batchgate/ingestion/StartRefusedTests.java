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

@ExtendWith(OutputCaptureExtension.class)
class StartRefusedTests {

    /** Not a configuration by name, which a test that scans this package would find and use as well. */
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
