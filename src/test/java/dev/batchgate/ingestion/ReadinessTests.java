package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.BatchgateApplication;
import dev.batchgate.Http;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

class ReadinessTests {

    @Test
    void aServiceThatDispatchesNoMoreIsNotReadyButAlive() {
        try (ConfigurableApplicationContext service =
                SpringApplication.run(BatchgateApplication.class, "--server.port=0")) {
            Http http = new Http(
                    ((WebServerApplicationContext) service).getWebServer().getPort());
            await().until(() -> http.get("/actuator/health/readiness").status() == 200);

            service.getBean(Dispatcher.SCHEDULER, ThreadPoolTaskScheduler.class)
                    .getScheduledExecutor()
                    .shutdownNow();

            await().until(() -> http.get("/actuator/health/readiness").status() == 503);
            assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
            assertThat(http.get("/actuator/prometheus").response().body()).contains("\nbatchgate_ready 0.0\n");
        }
    }
}
