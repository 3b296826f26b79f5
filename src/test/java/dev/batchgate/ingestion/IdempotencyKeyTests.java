package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.Http;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"batchgate.interval=1h", "batchgate.upstream.simulated-latency=1h"})
class IdempotencyKeyTests {

    private static final String HEADER = "Idempotency-Key";
    private static final int AT_ONCE = 32;

    @LocalServerPort
    private int port;

    private Http http;

    @BeforeEach
    void client() {
        http = new Http(port);
    }

    @Test
    void theSameKeyAndSubmissionGiveTheSameAnswerHoweverItIsWritten() {
        Http.Answer first = http.ingest("{\"ids\":[1,2],\"priority\":\"MEDIUM\"}", HEADER, "same");

        Http.Answer again = http.ingest("{ \"priority\" : \"MEDIUM\", \"ids\" : [1, 2] }", HEADER, "same");
        Http.Answer byDefault = http.ingest("{\"ids\":[1,2]}", HEADER, "same", "Prefer", "respond-async");

        assertThat(again.response().body()).isEqualTo(first.response().body());
        assertThat(again.header("Location")).isEqualTo(first.header("Location"));
        assertThat(byDefault.status()).isEqualTo(202);
        assertThat(byDefault.response().body()).isEqualTo(first.response().body());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ids\":[1]}", "{\"ids\":[2,1]}", "{\"ids\":[1,2],\"priority\":\"HIGH\"}"})
    void theSameKeyWithSomethingElseIsRefused(String other) {
        http.ingest("{\"ids\":[1,2]}", HEADER, "taken");

        Http.Answer refused = http.ingest(other, HEADER, "taken");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(refused.json().get("error").asString()).contains("Idempotency-Key taken has been used");
    }

    @Test
    void aBodyThatIsInvalidUsesUpNoKey() {
        assertThat(http.ingest("{\"ids\":[]}", HEADER, "mended").status()).isEqualTo(400);
        assertThat(http.ingest("{\"ids\":[1]}", HEADER, "mended").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  "})
    void aKeyThatIsNoneIsRefused(String key) {
        assertThat(http.ingest("{\"ids\":[1]}", HEADER, key).status()).isEqualTo(400);
    }

    @Test
    void aKeyMayHave255Characters() {
        assertThat(http.ingest("{\"ids\":[1]}", HEADER, "k".repeat(255)).status())
                .isEqualTo(200);
        Http.Answer refused = http.ingest("{\"ids\":[1]}", HEADER, "k".repeat(256));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().get("error").asString())
                .isEqualTo("The Idempotency-Key must have 1 to 255 characters, all of them printable ASCII.");
    }

    @Test
    void manyAtOnceAreOneIngestion() {
        long before = waiting();
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        List<CompletableFuture<Http.Answer>> answers = Stream.generate(() ->
                        CompletableFuture.supplyAsync(() -> http.ingest("{\"ids\":[1,2]}", HEADER, "many"), threads))
                .limit(AT_ONCE)
                .toList();

        assertThat(answers).extracting(answer -> answer.join().status()).containsOnly(200);
        assertThat(answers.stream()
                        .map(answer -> answer.join().response().body())
                        .distinct())
                .hasSize(1);
        threads.shutdown();
        assertThat(waiting() - before).isLessThanOrEqualTo(1);
    }

    private long waiting() {
        return http.get("/queue").json().at("/waiting/MEDIUM/batches").asLong();
    }
}
