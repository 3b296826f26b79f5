package dev.batchgate.upstream;

import static dev.batchgate.FakeUpstream.respond;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.FakeUpstream;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

/** What is seen of prepared connections from outside: by the upstream, and by the calls. */
class PreparationTests {

    private static final int PER_BATCH = 3;

    private static Path keyStore;

    @BeforeAll
    static void trust(@TempDir Path folder) throws Exception {
        keyStore = SlowTls.trustedKeyStore(folder);
    }

    @AfterAll
    static void distrust() {
        SlowTls.distrust();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 800})
    void connectingDoesNotAddToTheIntervalEvenIfEveryConnectionIsFresh(long millisToAnswer) throws Exception {
        Duration interval = Duration.ofMillis(1500);
        try (FakeUpstream plain = new FakeUpstream(closingAfter(millisToAnswer));
                SlowTls server = new SlowTls(keyStore, plain.url(""), number -> 300);
                HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
            fetchAtIntervals(upstream, 3, interval, 1L, 2L, 3L);

            // From the second to the third: the first one's connections are made in its slot, at different paces.
            assertThat(start(plain, 2) - start(plain, 1))
                    .isLessThan(interval.plusMillis(150).toNanos());
        }
    }

    @Test
    void afterTheLastBatchOneSetIsOpenedInVainAndClosedSoon() throws Exception {
        Duration interval = Duration.ofMillis(200);
        try (FakeUpstream server = new FakeUpstream(closingAfter(0));
                HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
            fetchAtIntervals(upstream, 1, interval, 1L, 2L, 3L);

            await().until(() -> server.accepted() == 2 * PER_BATCH && server.open() == PER_BATCH);
            await().atMost(Duration.ofSeconds(4)).until(() -> server.open() == 0);
            assertThat(server.accepted()).isEqualTo(2 * PER_BATCH);
            assertThat(server.log()).hasSize(PER_BATCH);
        }
    }

    @Test
    void whatIsStillOpenIsNotOpenedAgain() throws Exception {
        Duration interval = Duration.ofMillis(200);
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
            fetchAtIntervals(upstream, 5, interval, 1L, 2L, 3L);

            // One set; or two, if the machine is so busy that a call comes before all are ready.
            assertThat(server.accepted()).isLessThanOrEqualTo(2 * PER_BATCH);
        }
    }

    /** Or one would idle for ever, kept ready until the upstream closes it in the middle of a request. */
    @Test
    void connectionsTakeTurnsEvenIfBatchesAreSmall() throws Exception {
        Duration interval = Duration.ofMillis(100);
        try (FakeUpstream server = FakeUpstream.willing();
                HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
            fetchAtIntervals(upstream, 10, interval, 1L);

            assertThat(server.log().subList(4, 10).stream()
                            .map(FakeUpstream.Arrival::connection)
                            .distinct())
                    .hasSizeGreaterThanOrEqualTo(PER_BATCH);
        }
    }

    @Test
    void nothingIsOpenedAfterTheEnd() throws Exception {
        Duration interval = Duration.ofMillis(200);
        try (FakeUpstream server = new FakeUpstream(closingAfter(0))) {
            try (HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
                fetchAtIntervals(upstream, 1, interval, 1L, 2L, 3L);
            }

            await().during(Duration.ofMillis(400)).until(() -> server.accepted() == PER_BATCH);
        }
    }

    @Test
    void aPreparationThatHangsHoldsUpNoCall() throws Exception {
        Duration interval = Duration.ofSeconds(2);
        try (FakeUpstream plain = new FakeUpstream(closingAfter(0));
                SlowTls server =
                        new SlowTls(keyStore, plain.url(""), number -> number > 3 && number <= 6 ? 60_000 : 0);
                HttpUpstream upstream = upstream(server.url("/{id}"), interval)) {
            fetch(upstream, new AtomicLong(), 1L, 2L, 3L);
            await().until(() -> plain.accepted() == 2 * PER_BATCH);

            long before = System.nanoTime();
            fetch(upstream, new AtomicLong(), 1L, 2L, 3L);

            assertThat(System.nanoTime() - before)
                    .isLessThan(Duration.ofMillis(900).toNanos());
        }
    }

    private static FakeUpstream.Script closingAfter(long millisToAnswer) {
        return (arrival, connection) -> {
            TimeUnit.MILLISECONDS.sleep(millisToAnswer);
            respond(connection, 200, "{}", "Connection: close");
            return false;
        };
    }

    private static HttpUpstream upstream(String url, Duration interval) {
        return Fetching.upstream(
                url, Fetching.settings(Fetching.GENEROUS, DataSize.ofMegabytes(1), Map.of()), interval);
    }

    /** As the gate does it: a slot opens an interval after the departure of the batch before. */
    private static void fetchAtIntervals(HttpUpstream upstream, int batches, Duration interval, Long... ids)
            throws Exception {
        AtomicLong departed = new AtomicLong(System.nanoTime() - interval.toNanos());
        for (int batch = 0; batch < batches; batch++) {
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> System.nanoTime() - departed.get() >= interval.toNanos());
            fetch(upstream, departed, ids);
        }
    }

    private static void fetch(HttpUpstream upstream, AtomicLong departed, Long... ids) throws Exception {
        Outcome outcome = upstream.fetch(
                        new Batch(UUID.randomUUID(), 0, List.of(ids)), () -> departed.set(System.nanoTime()))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        assertThat(outcome.ids()).hasOnlyElementsOfType(IdOutcome.Fetched.class);
    }

    private static long start(FakeUpstream server, int batch) {
        return server.log().subList(batch * PER_BATCH, (batch + 1) * PER_BATCH).stream()
                .mapToLong(FakeUpstream.Arrival::nanos)
                .min()
                .orElseThrow();
    }
}
