package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.FetchLog.Fetch;
import dev.batchgate.Replicas.Replica;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A replica that something happens to in the very moment in which the database gives it a batch, or while it fetches it:
 * the batch is fetched by another one after the lease, and nobody breaks the spacing.
 */
@Tag("jar")
@Tag("replicas")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClaimTests {

    /** An id that takes longer than a lease. */
    private static final int SLOW = 1_000;

    /** How long after the end of a lease a batch may be on its way again, on a busy machine. */
    private static final Duration TAKEOVER = ReplicaGroup.LEASE.plusSeconds(2);

    @TempDir
    private static Path folder;

    private ReplicaGroup group;

    /** Those before belong to the tests before. */
    private int fetchedBefore;

    @BeforeAll
    void start() {
        group = ReplicaGroup.ready(
                folder, new FetchLog(id -> false, id -> id == SLOW ? ReplicaGroup.LEASE.toMillis() * 3 / 2 : 5));
    }

    @AfterAll
    void stop() {
        group.close();
    }

    @BeforeEach
    void begin() {
        fetchedBefore = group.fetches().size();
    }

    private List<Fetch> fetches() {
        List<Fetch> all = group.fetches();
        return all.subList(fetchedBefore, all.size());
    }

    @Test
    void whoIsFrozenBetweenItsClaimAndItsRequestsSendsNoneOfThem() throws Exception {
        for (int i = 0; i < 2; i++) {
            CompletableFuture<Replica> struck = group.replicas().onNextClaim(Replica::freeze);
            submitEverywhere(10 * i + 1);
            Replica frozen = struck.get();
            String sender = frozen.running().name();
            int before = fetches().size();
            // The gate is shut until it is certain that nothing of it will be sent.
            awaitFetched(before + 3);
            assertThat(fetches().subList(before, before + 3))
                    .extracting(Fetch::sender)
                    .doesNotContain(sender);

            frozen.thaw();
            await().until(() -> frozen.running().service().log().contains("held up until the slot was over"));
            assertThat(fetches()).hasSize(before + 3);
        }
        requireSpacing();
    }

    @Test
    void whoIsKilledBetweenItsClaimAndItsRequestsIsReplacedAfterItsLease() throws Exception {
        CompletableFuture<Replica> struck = group.replicas().onNextClaim(Replica::kill);
        long begun = System.nanoTime();
        submitEverywhere(31);
        Replica killed = struck.get();
        awaitFetched(3);

        assertThat(fetches())
                .extracting(Fetch::sender)
                .doesNotContain(killed.running().name());
        assertThat(Duration.ofNanos(fetches().get(0).from() - begun)).isLessThan(TAKEOVER);
        requireSpacing();
        killed.start();
    }

    @Test
    void whoNeverHearsOfItsClaimSaysSo() throws Exception {
        CompletableFuture<Replica> struck = group.replicas().onNextClaim(Replica::cut);
        long begun = System.nanoTime();
        submitEverywhere(41);
        struck.get();
        awaitFetched(3);

        assertThat(Duration.ofNanos(fetches().get(0).from() - begun)).isLessThan(TAKEOVER);
        assertThat(fetches()).hasSize(3);
        requireSpacing();
    }

    @Test
    void whoIsFrozenWhileItFetchesComesBackTooLate() throws Exception {
        CompletableFuture<Replica> struck = group.replicas().onNextClaim(claiming -> {});
        String id = group.replicas().get(0).running().http().submit("{\"ids\":[%d]}".formatted(SLOW));
        Replica fetching = struck.get();
        // Its request is on its way by then, and takes much longer.
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        fetching.freeze();
        awaitFetched(2);
        fetching.thaw();

        Replica other = group.replicas().all().stream()
                .filter(one -> one != fetching)
                .findAny()
                .orElseThrow();
        await().until(() -> statusOf(other, id).get("status").asString().equals("completed"));
        assertThat(fetches()).extracting(Fetch::key).containsExactly(id + "-1", id + "-1");
        assertThat(fetches().get(1).sender()).isNotEqualTo(fetching.running().name());
        await().until(() -> fetching.running().service().log().contains("came back after its lease had run out"));
        JsonNode batch = statusOf(fetching, id).get("batches").get(0);
        assertThat(batch.get("attempts").asInt()).isEqualTo(2);
        assertThat(batch.get("unknown_outcomes").asInt()).isOne();
        assertThat(fetching.running().http().get("/results/" + id).response().body())
                .isEqualTo("{\"id\":%d,\"status\":\"completed\",\"data\":{}}\n".formatted(SLOW));
    }

    @Test
    void whoFetchesForLongerThanALeaseKeepsIt() {
        Http http = group.replicas().get(0).running().http();
        http.submit("{\"ids\":[%d]}".formatted(SLOW));
        http.submit("{\"ids\":[1]}");
        awaitFetched(2);

        assertThat(fetches()).extracting(Fetch::id).containsExactly(SLOW, 1);
        assertThat(group.judge().together(group.disturbances())).isEmpty();
    }

    /** One batch, by all replicas alike: one of them may be struck before it can answer. */
    private void submitEverywhere(int id) {
        List<Replica> all = group.replicas().all();
        String body = "{\"ids\":[%d,%d,%d]}".formatted(id, id + 1, id + 2);
        CompletableFuture.allOf(all.stream()
                        .map(replica -> CompletableFuture.runAsync(
                                () -> replica.running().http().ingest(body, "Idempotency-Key", "key-" + id)))
                        .toArray(CompletableFuture[]::new))
                .exceptionally(struck -> null);
    }

    private void awaitFetched(int count) {
        await().atMost(Duration.ofSeconds(20)).until(() -> fetches().size() >= count);
    }

    private static JsonNode statusOf(Replica replica, String id) {
        return replica.running().http().get("/status/" + id).json();
    }

    private void requireSpacing() {
        assertThat(group.judge().tooClose(0.95, 3)).isEmpty();
        group.requireLedger();
    }
}
