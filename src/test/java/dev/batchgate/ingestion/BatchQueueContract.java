package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every queue does, whatever it keeps its batches in. */
public abstract class BatchQueueContract {

    private static final int BATCH_SIZE = 3;

    /** A fresh, empty queue; settings are written {@code name=value}, without their prefix. */
    protected abstract BatchQueue queue(String... settings);

    private BatchQueue queue;

    @BeforeEach
    void aFreshQueue() {
        queue = queue("interval=1ms");
    }

    @Test
    void anIngestionIsCutInTheClientsOrderAndOnlyItsLastBatchIsSmaller() throws Exception {
        UUID id = add(queue, Priority.LOW, 9, 1, 9, 4, 4, 8, 7);

        assertThat(drain(queue, 3))
                .extracting(Batch::ids)
                .containsExactly(List.of(9L, 1L, 9L), List.of(4L, 4L, 8L), List.of(7L));
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void priorityComesFirstThenAcceptance() throws Exception {
        add(queue, Priority.LOW, 1);
        add(queue, Priority.MEDIUM, 2);
        add(queue, Priority.HIGH, 3);
        add(queue, Priority.MEDIUM, 4);
        add(queue, Priority.HIGH, 5);

        assertThat(drain(queue, 5)).flatExtracting(Batch::ids).containsExactly(3L, 5L, 2L, 4L, 1L);
    }

    @Test
    void highOvertakesAnIngestionThatHasBegun() throws Exception {
        add(queue, Priority.LOW, 1, 2, 3, 4, 5, 6);
        List<Batch> first = drain(queue, 1);
        add(queue, Priority.HIGH, 7);

        assertThat(first).flatExtracting(Batch::ids).containsExactly(1L, 2L, 3L);
        assertThat(drain(queue, 2)).flatExtracting(Batch::ids).containsExactly(7L, 4L, 5L, 6L);
    }

    @Test
    void theStatusFollowsEveryBatch() throws Exception {
        UUID id = add(queue, Priority.MEDIUM, 1, 2, 3, 4, 5);
        assertThat(statuses(id)).containsExactly(BatchStatus.YET_TO_START, BatchStatus.YET_TO_START);

        Batch first = queue.take();
        assertThat(statuses(id)).containsExactly(BatchStatus.TRIGGERED, BatchStatus.YET_TO_START);
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.TRIGGERED);

        queue.finish(first, Outcomes.completed(first));
        assertThat(statuses(id)).containsExactly(BatchStatus.COMPLETED, BatchStatus.YET_TO_START);
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.TRIGGERED);

        Batch second = queue.take();
        queue.finish(second, Outcomes.failed(second, "it broke"));
        Ingestion ended = queue.find(id).orElseThrow();
        assertThat(ended.state(1).status()).isEqualTo(BatchStatus.FAILED);
        assertThat(ended.state(1).error()).isEqualTo("ids 4, 5: it broke");
        assertThat(ended.progress()).isEqualTo(new Progress(2, 1, 1, 0));
        assertThat(ended.status()).isEqualTo(IngestionStatus.FAILED);
    }

    @Test
    void aBatchEndsOnce() throws Exception {
        add(queue, Priority.MEDIUM, 1);
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.completed(batch));

        assertThatThrownBy(() -> queue.finish(batch, Outcomes.completed(batch)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void nobodyKnowsAnIngestionThatWasNeverAccepted() {
        assertThat(queue.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void creationTimesNeverContradictTheSequence() throws Exception {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            ids.add(add(queue, Priority.LOW, i + 1));
        }

        assertThat(ids)
                .extracting(id -> queue.find(id).orElseThrow().createdAt())
                .isSorted();
    }

    @Test
    void noMoreThanMaxInFlightAreHandedOutBeforeOneEnds() throws Exception {
        BatchQueue two = queue("interval=1ms", "max-in-flight=2");
        add(two, Priority.MEDIUM, 1, 2, 3, 4, 5, 6, 7);
        Batch first = departing(two);
        departing(two);
        assertThat(two.state().inFlight()).isEqualTo(2);

        CompletableFuture<Batch> third = CompletableFuture.supplyAsync(() -> departing(two));
        assertThatThrownBy(() -> third.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        two.finish(first, Outcomes.completed(first));

        assertThat(third.get(5, TimeUnit.SECONDS).ids()).containsExactly(7L);
    }

    @Test
    void aSlotOpensOnlyOnceTheBatchBeforeHasDeparted() throws Exception {
        BatchQueue two = queue("interval=1ms", "max-in-flight=2");
        add(two, Priority.MEDIUM, 1, 2, 3, 4);
        Batch connecting = two.take();

        CompletableFuture<Batch> next = CompletableFuture.supplyAsync(() -> departing(two));
        assertThatThrownBy(() -> next.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        two.departed(connecting);

        assertThat(next.get(5, TimeUnit.SECONDS).ids()).containsExactly(4L);
    }

    private static Submission by(@Nullable Instant time, @Nullable String key, Priority priority, long... ids) {
        return new Submission(UUID.randomUUID(), priority, Ids.of(ids), BATCH_SIZE, key, time, Origin.UNKNOWN);
    }

    private static Instant completion(BatchQueue queue, Submission submission) {
        return Objects.requireNonNull(
                Forecast.of(queue.standing(submission)).orElseThrow().completionAt());
    }

    @Test
    void whatWouldBeDoneTooLateIsRefusedAndNothingOfItIsQueued() {
        BatchQueue slow = queue("interval=1h");
        add(slow, Priority.MEDIUM, 1, 2, 3, 4, 5, 6, 7);
        add(slow, Priority.LOW, 1);
        Instant done = completion(slow, by(null, null, Priority.MEDIUM, 8, 9, 10, 11));
        assertThat(done)
                .isBetween(
                        Instant.now().plusSeconds(4 * 3_600 - 60), Instant.now().plusSeconds(4 * 3_600 + 60));

        assertThatThrownBy(() -> slow.add(by(done.minusSeconds(60), null, Priority.MEDIUM, 8, 9, 10, 11)))
                .isInstanceOfSatisfying(
                        TooLate.class,
                        late -> assertThat(late.earliest()).isBetween(done.minusSeconds(60), done.plusSeconds(60)));
        assertThat(slow.state().waiting().get(Priority.MEDIUM).batches()).isEqualTo(3);

        slow.add(by(done.minusSeconds(60), null, Priority.HIGH, 8, 9, 10, 11));
        assertThatThrownBy(() -> slow.add(by(done.plusSeconds(60), null, Priority.MEDIUM, 8, 9, 10, 11)))
                .isInstanceOf(TooLate.class);
        slow.add(by(done.plusSeconds(2 * 3_600 + 60), null, Priority.MEDIUM, 8, 9, 10, 11));
        assertThat(slow.state().waiting().get(Priority.MEDIUM).batches()).isEqualTo(5);
    }

    @Test
    void whatWasAcceptedUnderItsKeyIsNotTooLateWhenItIsSaidAgain() {
        BatchQueue slow = queue("interval=1h");
        UUID id = slow.add(by(Instant.now().plusSeconds(60), "key", Priority.HIGH, 1));

        assertThat(slow.add(by(Instant.now().minusSeconds(60), "key", Priority.HIGH, 1)))
                .isEqualTo(id);
        assertThatThrownBy(() -> slow.add(by(Instant.now().minusSeconds(60), "other", Priority.HIGH, 1)))
                .isInstanceOf(TooLate.class);
    }

    @Test
    void ofManyThatAreInAHurryAtOnceAsManyAreAcceptedAsCanBeDone() {
        BatchQueue slow = queue("interval=1h");
        Instant time = Instant.now().plusSeconds(9 * 1_800);
        List<CompletableFuture<Boolean>> all = IntStream.range(0, 30)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        slow.add(by(time, null, Priority.LOW, i + 1));
                        return true;
                    } catch (TooLate late) {
                        return false;
                    }
                }))
                .toList();

        assertThat(all.stream().filter(CompletableFuture::join)).hasSize(5);
        assertThat(slow.state().waiting().get(Priority.LOW).batches()).isEqualTo(5);
    }

    @Test
    void aFullBacklogRefusesAllOfASubmissionAndSaysWhenThereIsRoom() throws Exception {
        BatchQueue small = queue("interval=2s", "limits.max-backlog=3");
        add(small, Priority.LOW, 1, 2, 3, 4);

        assertThatThrownBy(() -> add(small, Priority.HIGH, 5, 6, 7, 8, 9, 10))
                .isInstanceOfSatisfying(BacklogFull.class, full -> {
                    assertThat(full.limit()).isEqualTo(3);
                    assertThat(full.retryAfter()).isEqualTo(Duration.ZERO);
                });
        assertThat(waiting(small)).isEqualTo(Map.of(Priority.HIGH, 0L, Priority.MEDIUM, 0L, Priority.LOW, 2L));

        departing(small);
        add(small, Priority.HIGH, 5, 6, 7, 8, 9, 10);
        assertThatThrownBy(() -> add(small, Priority.HIGH, 5, 6, 7, 8))
                .isInstanceOfSatisfying(
                        BacklogFull.class,
                        full -> assertThat(full.retryAfter()).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4)));
        assertThat(waiting(small)).isEqualTo(Map.of(Priority.HIGH, 2L, Priority.MEDIUM, 0L, Priority.LOW, 1L));
    }

    @Test
    void theStateTellsWhatWaitsForHowLongAndWhatIsInFlight() throws Exception {
        UUID oldest = add(queue, Priority.LOW, 1, 2, 3, 4);
        Instant before = queue.find(oldest).orElseThrow().createdAt();
        add(queue, Priority.LOW, 5);

        assertThat(queue.state().inFlight()).isZero();
        assertThat(queue.state().waiting().get(Priority.LOW)).isEqualTo(new QueueState.Waiting(3, 0, before));
        assertThat(queue.state().waiting().get(Priority.HIGH)).isEqualTo(new QueueState.Waiting(0, 0, null));

        departing(queue);
        assertThat(queue.state().inFlight()).isOne();
        assertThat(queue.state().waiting().get(Priority.LOW)).isEqualTo(new QueueState.Waiting(2, 0, before));
    }

    private static UUID add(BatchQueue queue, Priority priority, long... ids) {
        Submission submission = new Submission(UUID.randomUUID(), priority, Ids.of(ids), BATCH_SIZE, null);
        queue.add(submission);
        return submission.id();
    }

    private static Batch departing(BatchQueue queue) {
        try {
            Batch batch = queue.take();
            queue.departed(batch);
            return batch;
        } catch (InterruptedException stopping) {
            throw new AssertionError(stopping);
        }
    }

    private static List<Batch> drain(BatchQueue queue, int batches) throws InterruptedException {
        List<Batch> taken = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            Batch batch = queue.take();
            taken.add(batch);
            queue.finish(batch, Outcomes.completed(batch));
        }
        return taken;
    }

    private List<BatchStatus> statuses(UUID id) {
        Ingestion ingestion = queue.find(id).orElseThrow();
        List<BatchStatus> statuses = new ArrayList<>();
        for (int i = 0; i < ingestion.batchCount(); i++) {
            statuses.add(ingestion.state(i).status());
        }
        return statuses;
    }

    private static Map<Priority, Long> waiting(BatchQueue queue) {
        Map<Priority, Long> batches = new EnumMap<>(Priority.class);
        queue.state().waiting().forEach((priority, waiting) -> batches.put(priority, waiting.batches()));
        return batches;
    }
}
