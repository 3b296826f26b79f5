package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.Http;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "batchgate.interval=90s",
            "batchgate.batch-size=2",
            "batchgate.limits.max-backlog=3",
            "batchgate.limits.max-ids=100",
            "batchgate.limits.max-id=9000000000000000000"
        })
class FullBacklogTests {

    @LocalServerPort
    private int port;

    @Test
    void whatFitsIsAcceptedAndTheRestIsToldWhenToComeBack() {
        Http http = new Http(port);
        http.submit("{\"ids\":[1]}");
        await().until(() -> http.get("/queue").json().get("in_flight").asInt() == 1);
        String waiting = http.submit("{\"ids\":[1,2,9000000000000000000]}");

        Http.Answer refused = http.ingest("{\"ids\":[1,2,3,4]}");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("90");
        assertThat(refused.json().get("error").asString())
                .isEqualTo("The backlog is full: it holds at most 3 batches. Try again in 90 s.");
        assertThat(http.ingest("{\"ids\":[1,2]}").status()).isEqualTo(200);
        assertThat(http.get("/status/" + waiting)
                        .json()
                        .get("batches")
                        .get(1)
                        .get("ids")
                        .toString())
                .isEqualTo("[9000000000000000000]");
    }

    @Test
    void whatCouldNeverFitIsInvalidRatherThanPutOff() {
        Http.Answer refused = new Http(port).ingest("{\"ids\":[1,2,3,4,5,6,7]}");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("error").asString()).contains("/ids must hold at most 6 ids, not 7");
    }
}
