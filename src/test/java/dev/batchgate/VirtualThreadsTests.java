package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.Outcomes;
import dev.batchgate.ingestion.Upstream;
import jakarta.servlet.Filter;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT, properties = "batchgate.interval=1ms")
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JDK has no virtual threads")
class VirtualThreadsTests {

    @LocalServerPort
    private int port;

    @Autowired
    private Seen seen;

    record Seen(Queue<String> requests, Queue<String> dispatches) {}

    @TestConfiguration
    static class Eavesdropping {

        @Bean
        Seen seen() {
            return new Seen(new ConcurrentLinkedQueue<>(), new ConcurrentLinkedQueue<>());
        }

        @Bean
        @Primary
        Upstream eavesdroppingUpstream(Seen seen) {
            return (batch, departed) -> {
                seen.dispatches().add(kind() + " " + Thread.currentThread().getName());
                departed.happened();
                return CompletableFuture.completedStage(Outcomes.completed(batch));
            };
        }

        @Bean
        Filter eavesdroppingFilter(Seen seen) {
            return (request, response, chain) -> {
                seen.requests().add(kind());
                chain.doFilter(request, response);
            };
        }

        /** Only platform threads are listed. */
        private static String kind() {
            return Thread.getAllStackTraces().containsKey(Thread.currentThread()) ? "platform" : "virtual";
        }
    }

    @Test
    void requestsRunOnVirtualThreadsAndTheDispatcherKeepsItsPlatformThread() {
        Http http = new Http(port);
        String id = http.submit("{\"ids\":[1,2,3,4,5,6,7]}");

        await().until(() ->
                http.get("/status/" + id).json().get("status").asString().equals("completed"));

        assertThat(seen.requests()).containsOnly("virtual");
        assertThat(seen.dispatches()).hasSize(3).containsOnly("platform dispatcher-1");
    }
}
