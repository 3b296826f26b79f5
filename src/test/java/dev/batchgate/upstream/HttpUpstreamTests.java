package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static dev.batchgate.upstream.Fetching.batch;
import static dev.batchgate.upstream.Fetching.fetch;
import static dev.batchgate.upstream.Fetching.upstream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** How requests leave, and on which connections. */
class HttpUpstreamTests {

    @Test
    void anIdInTheUrlMeansOneRequestPerIdAndAllAtOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(3);
        FakeUpstream.Script onceAllAreHere = (arrival, connection) -> {
            all.countDown();
            boolean together = all.await(5, TimeUnit.SECONDS);
            return respond(connection, together ? 200 : 500, "{\"id\":\"" + arrival.path() + "\"}");
        };
        try (FakeUpstream server = new FakeUpstream(onceAllAreHere);
                HttpUpstream upstream = upstream(server.url("/items/{id}?full=1"))) {
            assertThat(fetch(upstream, 7, 8, 9))
                    .containsExactly(
                            fetched("{\"id\":\"/items/7?full=1\"}"),
                            fetched("{\"id\":\"/items/8?full=1\"}"),
                            fetched("{\"id\":\"/items/9?full=1\"}"));
        }
    }

    @Test
    void aBatchThatIsLargerThanIsConfiguredTodayGoesAllAtOnceToo() throws Exception {
        CountDownLatch all = new CountDownLatch(9);
        FakeUpstream.Script onceAllAreHere = (arrival, connection) -> {
            all.countDown();
            return respond(connection, all.await(5, TimeUnit.SECONDS) ? 200 : 500, "{}");
        };
        try (FakeUpstream server = new FakeUpstream(onceAllAreHere);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(fetch(upstream, 1, 2, 3, 4, 5, 6, 7, 8, 9)).hasSize(9).containsOnly(fetched("{}"));
        }
    }

    @Test
    void idsInTheUrlMeanOneRequestForTheBatch() throws Exception {
        FakeUpstream.Script listing = (arrival, connection) -> respond(connection, 200, "[{\"id\":8},{\"id\":7}]");
        try (FakeUpstream server = new FakeUpstream(listing);
                HttpUpstream upstream = upstream(server.url("/items?ids={ids}"))) {
            assertThat(fetch(upstream, 7, 8, 7))
                    .containsExactly(fetched("{\"id\":7}"), fetched("{\"id\":8}"), fetched("{\"id\":7}"));
            assertThat(server.paths()).containsExactly("/items?ids=7,8,7");
        }
    }

    @Test
    void anIdThatIsThereTwiceIsAskedForTwiceWhereEachIdHasARequest() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            assertThat(fetch(upstream, 7, 7)).hasSize(2).containsOnly(fetched("{\"data\":\"processed\"}"));
            assertThat(server.paths()).containsExactly("/7", "/7");
        }
    }

    @Test
    void configuredHeadersAreSentWithEveryRequest() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(
                        server.url("/{id}"), headers(Map.of("Authorization", "Bearer secret", "X-Team", "blue")))) {
            fetch(upstream, 1, 2);

            assertThat(server.log())
                    .hasSize(2)
                    .allSatisfy(arrival -> assertThat(arrival.headers())
                            .containsEntry("authorization", "Bearer secret")
                            .containsEntry("x-team", "blue")
                            .containsEntry("user-agent", "batchgate"));
        }
    }

    @Test
    void noCodingIsAskedForThatWouldHaveToBeUndoneUnlessOneIsConfigured() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream plain = upstream(server.url("/{id}"));
                HttpUpstream coded = upstream(server.url("/{id}"), headers(Map.of("accept-encoding", "gzip")))) {
            fetch(plain, 1);
            fetch(coded, 1);

            assertThat(server.log())
                    .extracting(arrival -> arrival.headers().get("accept-encoding"))
                    .containsExactly("identity", "gzip");
        }
    }

    @Test
    void whatIsStillMissingIsAskedForUnderTheNameOfItsBatch() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            Batch whole = batch(1, 2, 3);
            Batch rest = new Batch(whole.ingestionId(), whole.index(), List.of(2L));
            upstream.fetch(whole, () -> {}).toCompletableFuture().get(5, TimeUnit.SECONDS);
            upstream.fetch(rest, () -> {}).toCompletableFuture().get(5, TimeUnit.SECONDS);

            assertThat(server.log())
                    .hasSize(4)
                    .allSatisfy(arrival -> assertThat(arrival.headers()).containsEntry("idempotency-key", whole.id()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/{id}", "/?ids={ids}"})
    void everyRequestCarriesTheIdOfItsBatchWhateverIsConfigured(String rest) throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url(rest), headers(Map.of("idempotency-key", "configured")))) {
            Batch batch = batch(1, 2, 3);
            upstream.fetch(batch, () -> {}).toCompletableFuture().get(5, TimeUnit.SECONDS);

            assertThat(server.log())
                    .isNotEmpty()
                    .allSatisfy(arrival -> assertThat(arrival.headers()).containsEntry("idempotency-key", batch.id()));
        }
    }

    @Test
    void connectionsAreReusedFromBatchToBatch() throws Exception {
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            for (int batch = 0; batch < 20; batch++) {
                fetch(upstream, 1, 2, 3);
            }

            assertThat(server.log().stream()
                            .map(FakeUpstream.Arrival::connection)
                            .distinct())
                    .hasSizeLessThanOrEqualTo(3);
        }
    }

    @Test
    void aConnectionThatTheUpstreamIsAboutToCloseIsNotReused() throws Exception {
        FakeUpstream.Script closingSoon =
                (arrival, connection) -> respond(connection, 200, "{}", "Keep-Alive: timeout=1");
        try (FakeUpstream server = new FakeUpstream(closingSoon);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            fetch(upstream, 1);
            await().pollDelay(Duration.ofMillis(50)).until(() -> true);
            fetch(upstream, 1);

            assertThat(server.log())
                    .extracting(FakeUpstream.Arrival::connection)
                    .containsExactly(1, 2);
        }
    }

    @Test
    void aConnectionThatTheUpstreamClosedWithoutAWordIsNotReused() throws Exception {
        FakeUpstream.Script closingOnTheSly = (arrival, connection) -> {
            respond(connection, 200, "{}");
            return false;
        };
        try (FakeUpstream server = new FakeUpstream(closingOnTheSly);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            for (int batch = 0; batch < 5; batch++) {
                assertThat(fetch(upstream, 1)).containsExactly(fetched("{}"));
                await().pollDelay(Duration.ofMillis(50)).until(() -> server.open() == 0);
            }
        }
    }

    @Test
    void theBatchHasDepartedOnceItsRequestsAreOnTheWireAndBeforeTheyAreAnswered() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        FakeUpstream.Script slow = (arrival, connection) -> {
            answer.await();
            return respond(connection, 200, "{}");
        };
        try (FakeUpstream server = new FakeUpstream(slow);
                HttpUpstream upstream = upstream(server.url("/{id}"))) {
            CountDownLatch departed = new CountDownLatch(1);
            CompletionStage<Outcome> fetch = upstream.fetch(batch(1, 2, 3), departed::countDown);

            assertThat(departed.await(5, TimeUnit.SECONDS)).isTrue();
            assertThat(fetch.toCompletableFuture()).isNotDone();
            answer.countDown();
            assertThat(fetch.toCompletableFuture().get(5, TimeUnit.SECONDS).ids())
                    .containsOnly(fetched("{}"));
        }
    }

    private static UpstreamProperties headers(Map<String, String> headers) {
        return Fetching.settings(Fetching.GENEROUS, DataSize.ofMegabytes(1), headers);
    }

    private static IdOutcome fetched(String json) {
        return new IdOutcome.Fetched(Data.json(json));
    }
}
