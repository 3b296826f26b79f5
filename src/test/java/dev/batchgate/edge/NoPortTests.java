package dev.batchgate.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ConfigurableApplicationContext;

/** The service told to listen nowhere. */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT, properties = "server.port=-1")
class NoPortTests {

    @Autowired
    private ConfigurableApplicationContext context;

    @Test
    void itStartsAllTheSame() {
        assertThat(context.isRunning()).isTrue();
    }
}
