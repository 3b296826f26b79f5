package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.threads.virtual.enabled=true",
            "batchgate.interval=1ms",
            "batchgate.upstream.simulated-latency=0ms"
        })
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "this JDK has no virtual threads")
class VirtualThreadsTests {

    @LocalServerPort
    private int port;

    @Test
    void requestsMayRunOnVirtualThreadsButTheDispatcherKeepsItsPlatformThread() {
        Http http = new Http(port);
        String id = http.submit("{\"ids\":[1,2,3,4,5,6,7]}");

        await().until(() ->
                http.get("/status/" + id).json().get("status").asString().equals("completed"));

        // Only platform threads are listed.
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .contains("dispatcher-1")
                .noneMatch(name -> name.startsWith("http-nio-") && name.contains("-exec-"));
    }
}
