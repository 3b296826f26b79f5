package dev.batchgate.results;

import dev.batchgate.ingestion.Upstream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;

/** The service without a queue, a store and an upstream of its own, so that a test can have any results there are. */
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        classes = ResultsServed.Application.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.endpoint.health.group.readiness.include=readinessState",
            // Long enough for a test to look away, short enough to wait for.
            "server.tomcat.connection-timeout=2s",
        })
@interface ResultsServed {

    /** Not a configuration by name, which the tests of the whole service would find and use as well. */
    @EnableAutoConfiguration
    @ComponentScan({"dev.batchgate.ingestion", "dev.batchgate.edge", "dev.batchgate.openapi", "dev.batchgate.results"})
    class Application {

        @Bean
        FakeStore store() {
            return new FakeStore();
        }

        @Bean
        RequestsUnderWay underWay() {
            return new RequestsUnderWay();
        }

        @Bean
        Upstream upstream() {
            return (batch, departed) -> new CompletableFuture<>();
        }
    }
}
