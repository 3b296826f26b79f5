package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every queue does when it is told to, whatever it keeps its batches in. */
public abstract class OrdersContract {

    /** A queue with all that is asked of it. */
    public record Desk(
            BatchQueue queue,
            Orders orders,
            Results results,
            DispatchLog dispatches,
            Listing listing,
            Changes changes) {}

    /** A fresh, empty one; settings are written {@code name=value}, without their prefix. */
    protected abstract Desk desk(String... settings);

    private BatchQueue queue;
    private Orders orders;
    private Results results;

    @BeforeEach
    void aFreshDesk() {
        Desk desk = desk("interval=1ms", "upstream.backoff=0ms", "upstream.max-attempts=3");
        queue = desk.queue();
        orders = desk.orders();
        results = desk.results();
    }

    @Test
    void whatIsCancelledIsNotHandedOutAndTheSlotIsTheNextOnes() throws Exception {
        UUID first = add(Priority.HIGH, 1, 2, 3, 4);
        add(Priority.LOW, 5);

        assertThat(cancel(first).status()).isEqualTo(IngestionStatus.CANCELLED);

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(5L);
        Ingestion cancelled = queue.find(first).orElseThrow();
        assertThat(cancelled.progress()).isEqualTo(new Progress(2, 0, 0, 2));
        assertThat(cancelled.states()).allMatch(state -> state.attempts() == 0 && state.finishedAt() != null);
        assertThat(queue.state().waiting().get(Priority.HIGH)).isEqualTo(new QueueState.Waiting(0, 0, null));
    }

    @Test
    void whatIsBeingFetchedMayCompleteAfterACancellation() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch flying = queue.take();

        assertThat(cancel(id).status()).isEqualTo(IngestionStatus.TRIGGERED);
        queue.finish(flying, Outcomes.completed(flying));

        Ingestion ended = queue.find(id).orElseThrow();
        assertThat(ended.progress()).isEqualTo(new Progress(2, 1, 0, 1));
        assertThat(ended.status()).isEqualTo(IngestionStatus.CANCELLED);
    }

    @Test
    void whatIsMissedAfterACancellationIsNotTriedAgain() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3);
        Batch flying = queue.take();
        cancel(id);

        queue.finish(
                flying,
                Outcomes.of(
                        new IdOutcome.Fetched(Data.NONE),
                        new IdOutcome.Missed("HTTP status 503", 503, true),
                        new IdOutcome.Missed("HTTP status 503", 503, true)));

        Ingestion ended = queue.find(id).orElseThrow();
        assertThat(ended.status()).isEqualTo(IngestionStatus.CANCELLED);
        assertThat(ended.state(0).error()).isNull();
        assertThat(outcomes(id))
                .containsExactly(
                        new IdOutcome.Fetched(Data.NONE), new IdOutcome.Cancelled(), new IdOutcome.Cancelled());
        nothingIsHandedOut();
    }

    @Test
    void whilePausedNobodyKnowsWhatWouldBeDoneInTime() {
        orders.pause();
        Submission hurried = new Submission(
                UUID.randomUUID(),
                Priority.HIGH,
                Ids.of(1),
                3,
                null,
                Instant.now().plusSeconds(600),
                Origin.UNKNOWN);

        assertThatThrownBy(() -> queue.add(hurried))
                .isInstanceOfSatisfying(
                        TooLate.class, late -> assertThat(late.earliest()).isNull());
        orders.resume();
        assertThat(queue.add(hurried)).isEqualTo(hurried.id());
    }

    @Test
    void whatWaitsToBeTriedAgainIsCancelledToo() throws Exception {
        UUID id = add(Priority.LOW, 1, 2);
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.of(new IdOutcome.Failed("gone", 410), new IdOutcome.Missed("not yet", 503, true)));

        assertThat(cancel(id).status()).isEqualTo(IngestionStatus.FAILED);

        assertThat(queue.find(id).orElseThrow().state(0).error()).isEqualTo("id 1: gone");
        assertThat(outcomes(id)).containsExactly(new IdOutcome.Failed("gone", 410), new IdOutcome.Cancelled());
        nothingIsHandedOut();
    }

    @Test
    void toCancelAgainChangesNothing() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch flying = queue.take();
        cancel(id);
        cancel(id);
        queue.finish(flying, Outcomes.completed(flying));

        Ingestion ended = queue.find(id).orElseThrow();
        assertThat(cancel(id).states()).isEqualTo(ended.states());
        UUID completed = add(Priority.LOW, 1);
        Outcomes.completeNext(queue);
        assertThat(cancel(completed).status()).isEqualTo(IngestionStatus.COMPLETED);
    }

    @Test
    void whatIsMovedKeepsItsPlaceInTheOrderOfAcceptance() throws Exception {
        UUID first = add(Priority.LOW, 1, 2, 3, 4);
        UUID second = add(Priority.HIGH, 5);
        UUID third = add(Priority.HIGH, 6);

        assertThat(move(first, Priority.HIGH).priority()).isEqualTo(Priority.HIGH);
        move(third, Priority.MEDIUM);

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L, 2L, 3L);
        assertThat(queue.state().waiting().get(Priority.HIGH).batches()).isEqualTo(2);
        assertThat(queue.state().waiting().get(Priority.LOW).batches()).isZero();
        move(first, Priority.LOW);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(5L);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(6L);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(4L);
        assertThat(move(second, Priority.LOW).priority()).as("it has ended").isEqualTo(Priority.HIGH);
    }

    @Test
    void retriesMoveWithTheirIngestion() throws Exception {
        UUID first = add(Priority.LOW, 1);
        Batch missed = queue.take();
        queue.finish(missed, Outcomes.missed(missed, "not yet"));
        add(Priority.MEDIUM, 2);

        move(first, Priority.HIGH);

        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L);
    }

    @Test
    void onlyTheFailedIdsAreAskedForAgainWithAllAttemptsAnew() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch batch = queue.take();
        queue.finish(
                batch,
                Outcomes.of(
                        new IdOutcome.Failed("gone", 410),
                        new IdOutcome.Fetched(Data.json("2")),
                        new IdOutcome.Failed("gone", 410)));
        Outcomes.completeNext(queue);
        assertThat(queue.find(id).orElseThrow().status()).isEqualTo(IngestionStatus.FAILED);

        Ingestion again = orders.retry(id).orElseThrow();

        assertThat(again.status()).isEqualTo(IngestionStatus.TRIGGERED);
        assertThat(again.state(0).nextAttemptAt()).isNotNull();
        assertThat(outcomes(id)).hasSize(2);
        for (int attempt = 2; attempt <= 3; attempt++) {
            Batch missing = queue.take();
            assertThat(missing.ids()).containsExactly(1L, 3L);
            assertThat(missing.id()).isEqualTo(batch.id());
            queue.finish(missing, Outcomes.missed(missing, "not yet"));
        }
        Outcomes.completeNext(queue);
        Ingestion ended = queue.find(id).orElseThrow();
        assertThat(ended.status()).isEqualTo(IngestionStatus.COMPLETED);
        assertThat(ended.state(0).attempts()).isEqualTo(4);
        assertThat(outcomes(id)).hasSize(4).allMatch(IdOutcome.Fetched.class::isInstance);
    }

    @Test
    void whereNothingFailedThereIsNothingToRetry() throws Exception {
        UUID id = add(Priority.LOW, 1);

        assertThatThrownBy(() -> orders.retry(id)).isInstanceOf(NothingFailed.class);
        Outcomes.completeNext(queue);
        assertThatThrownBy(() -> orders.retry(id)).isInstanceOf(NothingFailed.class);
    }

    @Test
    void whatWasCancelledStaysCancelledWhenTheFailedIsRetried() throws Exception {
        UUID id = add(Priority.LOW, 1, 2, 3, 4);
        Batch batch = queue.take();
        queue.finish(batch, Outcomes.failed(batch, "gone"));
        cancel(id);

        orders.retry(id);
        assertThat(Outcomes.completeNext(queue).ids()).containsExactly(1L, 2L, 3L);

        assertThat(queue.find(id).orElseThrow().progress()).isEqualTo(new Progress(2, 1, 0, 1));
        nothingIsHandedOut();
    }

    @Test
    void aFullBacklogHasNoRoomForRetriesEither() throws Exception {
        Desk small = desk("interval=1ms", "limits.max-backlog=2");
        UUID id = add(small.queue(), Priority.HIGH, 1);
        Batch batch = small.queue().take();
        small.queue().finish(batch, Outcomes.failed(batch, "gone"));
        UUID waiting = add(small.queue(), Priority.LOW, 2, 3, 4, 5);

        assertThatThrownBy(() -> small.orders().retry(id)).isInstanceOf(BacklogFull.class);
        small.orders().cancel(waiting);
        small.orders().retry(id);
        assertThat(small.queue().state().waiting().get(Priority.HIGH).retrying())
                .isOne();
        add(small.queue(), Priority.LOW, 2);
        assertThatThrownBy(() -> add(small.queue(), Priority.LOW, 2)).isInstanceOf(BacklogFull.class);
    }

    @Test
    void nobodyKnowsAnIngestionThatWasNeverAccepted() {
        UUID never = UUID.randomUUID();

        assertThat(orders.cancel(never)).isEmpty();
        assertThat(orders.move(never, Priority.HIGH)).isEmpty();
        assertThat(orders.retry(never)).isEmpty();
        assertThat(results.read(never, 0)).isEmpty();
    }

    @Test
    void whilePausedNothingIsHandedOutAndWhatIsInFlightGoesOn() throws Exception {
        add(Priority.LOW, 1);
        Batch flying = queue.take();
        QueueState paused = orders.pause();
        assertThat(paused.paused()).isTrue();
        assertThat(paused.nextSlotAt()).isNull();
        assertThat(orders.pause().paused()).isTrue();
        queue.finish(flying, Outcomes.completed(flying));
        add(Priority.HIGH, 2);

        CompletableFuture<Batch> next = taking();
        assertThatThrownBy(() -> next.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        assertThat(orders.resume().paused()).isFalse();

        assertThat(next.get(5, TimeUnit.SECONDS).ids()).containsExactly(2L);
    }

    @Test
    void aPauseThatComesWhileTheDispatcherWaitsForWorkHolds() throws Exception {
        CompletableFuture<Batch> next = taking();
        assertThatThrownBy(() -> next.get(50, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        orders.pause();
        add(Priority.HIGH, 1);
        assertThatThrownBy(() -> next.get(100, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

        orders.resume();

        assertThat(next.get(5, TimeUnit.SECONDS).ids()).containsExactly(1L);
    }

    @Test
    void resultsAreReadInPagesInTheOrderOfTheIds() throws Exception {
        UUID id = add(Priority.LOW, 9, 9, 8, 7, 6);
        Batch batch = queue.take();
        String large = "\"" + "x".repeat(60_000) + "\"";
        queue.finish(
                batch,
                Outcomes.of(
                        new IdOutcome.Fetched(Data.json(large)),
                        new IdOutcome.Fetched(new Data(Data.Form.TEXT, "text/plain", large)),
                        new IdOutcome.Failed("gone", 410)));

        Results.Page first = results.read(id, 0).orElseThrow();
        assertThat(first.byPosition().keySet())
                .as("little more than 64,000 characters")
                .containsExactly(0, 1);
        assertThat(first.to()).isEqualTo(2);
        Results.Page second = results.read(id, first.to()).orElseThrow();
        assertThat(second.byPosition()).containsOnlyKeys(2).containsEntry(2, new IdOutcome.Failed("gone", 410));
        assertThat(second.to()).isEqualTo(5);
    }

    @Test
    void whatFailedWithoutAnAnswerHasNoHttpStatus() throws Exception {
        UUID id = add(Priority.LOW, 1, 2);
        Batch batch = queue.take();
        IdOutcome.Failed unanswered = new IdOutcome.Failed("no connection", null);
        queue.finish(batch, Outcomes.of(unanswered, new IdOutcome.Failed("gone", 410)));

        assertThat(outcomes(id)).containsExactly(unanswered, new IdOutcome.Failed("gone", 410));
    }

    private List<IdOutcome> outcomes(UUID id) {
        return List.copyOf(results.read(id, 0).orElseThrow().byPosition().values());
    }

    private Ingestion cancel(UUID id) {
        return orders.cancel(id).orElseThrow();
    }

    private Ingestion move(UUID id, Priority priority) {
        return orders.move(id, priority).orElseThrow();
    }

    private CompletableFuture<Batch> taking() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return queue.take();
            } catch (InterruptedException stopping) {
                throw new AssertionError(stopping);
            }
        });
    }

    private void nothingIsHandedOut() throws Exception {
        UUID last = add(Priority.LOW, 1_000);
        assertThat(Outcomes.completeNext(queue).ingestionId()).isEqualTo(last);
    }

    private UUID add(Priority priority, long... ids) {
        return add(queue, priority, ids);
    }

    private static UUID add(BatchQueue queue, Priority priority, long... ids) {
        return queue.add(new Submission(UUID.randomUUID(), priority, Ids.of(ids), 3, null));
    }
}
