package dev.batchgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ReplicaClients.Acknowledged;
import dev.batchgate.Replicas.Replica;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** All that replicas promise together, asserted once their queue is empty. */
final class ReplicaPromises {

    /** The part of an interval that no two batches may be closer than, and over how many intervals none may be missing. */
    private static final double SPACING = 0.95;

    private static final int STRETCH = 20;

    /** How long a batch may be on its way after it was decided to be the next: never longer than a lease. */
    private static final Duration ON_THE_WAY = ReplicaGroup.LEASE.plusMillis(500);

    private final ReplicaGroup group;
    private final FetchJudge judge;
    private final ReplicaClients clients;

    ReplicaPromises(ReplicaGroup group, ReplicaClients clients) {
        this.group = group;
        this.judge = group.judge();
        this.clients = clients;
    }

    /** What nobody asked to be cancelled. */
    private Collection<Acknowledged> inFull() {
        Map<String, Acknowledged> inFull = new HashMap<>(clients.acknowledged());
        inFull.keySet().removeAll(clients.cancelled());
        return inFull.values();
    }

    /** The figures in a line. */
    String figures() {
        return ("%d acknowledged, %d batches cancelled, %d ids lost, %d fetches repeated in %d dispatches, %d times no"
                        + " answer, least gap %.1f ms, interval %d ms, noticed within %.1f ms")
                .formatted(
                        clients.acknowledged().size(),
                        clients.batchesCancelled().size(),
                        judge.lost(inFull()).size(),
                        judge.repeats(),
                        judge.starts().size(),
                        clients.refusals(),
                        judge.leastGap() / 1e6,
                        ReplicaGroup.INTERVAL.toMillis(),
                        judge.leastCertain() / 1e6);
    }

    /** Asserts all of it; whatever fails comes with what the replicas logged. */
    void requireKept() {
        try {
            requireEach();
        } catch (AssertionError broken) {
            broken.addSuppressed(new AssertionError(
                    "Meanwhile the replicas said:\n" + group.replicas().warnings()));
            throw broken;
        }
    }

    private void requireEach() {
        assertThat(judge.tooClose(SPACING, STRETCH)).as("too close").isEmpty();
        assertThat(judge.lost(inFull())).as("acknowledged and never fetched").isEmpty();
        assertThat(judge.underSeveralKeys())
                .as("one submission under one key is one ingestion")
                .isEmpty();
        assertThat(judge.sentAfterTheyWereCancelled(clients.batchesCancelled()))
                .as("sent after an answer said they were cancelled")
                .isEmpty();
        assertThat(judge.repeatedWithoutReason(group.disturbances()))
                .as("repeated, although nothing hid the outcome")
                .isEmpty();
        assertThat(judge.together(group.disturbances())).as("in flight at once").isEmpty();
        assertThat(judge.outOfTurn(inFull(), ON_THE_WAY))
                .as("before something more urgent")
                .isEmpty();
        assertThat(clients.complaints()).as("what clients complain about").isEmpty();
        inFull().forEach(ingestion -> group.replicas().all().forEach(replica -> requireCompleted(replica, ingestion)));
        group.requireLedger();
    }

    private static void requireCompleted(Replica replica, Acknowledged ingestion) {
        Http http = replica.running().http();
        List<Integer> ids = ingestion.submission().ids();
        Http.Answer answer = http.get("/status/" + ingestion.id());
        assertThat(answer.status()).as("status of %s", ingestion).isEqualTo(200);
        assertThat(answer.json().get("status").asString())
                .as("status of %s", ingestion)
                .isEqualTo("completed");
        assertThat(answer.json()
                        .get("batches")
                        .valueStream()
                        .flatMap(batch -> batch.get("ids").valueStream())
                        .map(one -> one.asInt()))
                .isEqualTo(ids);
        assertThat(http.get("/results/" + ingestion.id()).response().body().lines())
                .as("results of %s", ingestion)
                .isEqualTo(ids.stream()
                        .map("{\"id\":%d,\"status\":\"completed\",\"data\":{}}"::formatted)
                        .toList());
    }
}
