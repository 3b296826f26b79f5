package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.batchgate.ingestion.OrdersContract.Desk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How much may be handed in with one key, whatever the queue is kept in. */
public abstract class QuotaContract {

    private static final int AT_ONCE = 24;
    private static final String OWNER = "acme";

    /** A fresh, empty one on a clock that {@link #pass} moves; settings are written {@code name=value}. */
    protected abstract Desk desk(String... settings);

    /** The same queue as another process sees it: one that goes on with it, or works beside it. */
    protected abstract BatchQueue another(String... settings);

    protected abstract void pass(Duration time);

    private BatchQueue queue(String... settings) {
        return desk(settings).queue();
    }

    private static Submission submission(
            String owner, @Nullable Long idsPerMinute, @Nullable Long maxBacklog, @Nullable String key, int ids) {
        return new Submission(
                UUID.randomUUID(),
                Priority.MEDIUM,
                Ids.of(LongStream.rangeClosed(1, ids).toArray()),
                3,
                key,
                null,
                new Origin(owner, null, null),
                new Quota(idsPerMinute, maxBacklog));
    }

    private static Quota.Remaining perMinute(BatchQueue queue, long limit, int ids) {
        return queue.accept(submission(OWNER, limit, null, null, ids)).remaining();
    }

    private static void assertExceeded(
            BatchQueue queue, Submission submission, QuotaExceeded.Limit limit, Duration retryAfter) {
        long before = waiting(queue);
        assertThatThrownBy(() -> queue.accept(submission)).isInstanceOfSatisfying(QuotaExceeded.class, exceeded -> {
            assertThat(exceeded.limit()).isEqualTo(limit);
            assertThat(exceeded.retryAfter()).isEqualTo(retryAfter);
        });
        assertThat(waiting(queue)).isEqualTo(before);
    }

    private static long waiting(BatchQueue queue) {
        Map<Priority, QueueState.Waiting> waiting = queue.state().waiting();
        return waiting.get(Priority.MEDIUM).batches()
                + waiting.get(Priority.MEDIUM).retrying();
    }

    @Test
    void aMinutesIdsMayBeHandedInAtOnceAndComeBackEvenly() {
        BatchQueue queue = queue("interval=1h");

        assertThat(perMinute(queue, 60, 50).ids()).isEqualTo(10);
        assertThat(perMinute(queue, 60, 10)).isEqualTo(new Quota.Remaining(0L, 60_000_000, null));
        assertExceeded(queue, submission(OWNER, 60L, null, null, 1), QuotaExceeded.Limit.IDS, Duration.ofSeconds(1));
        assertExceeded(queue, submission(OWNER, 60L, null, null, 60), QuotaExceeded.Limit.IDS, Duration.ofSeconds(60));

        pass(Duration.ofSeconds(20));
        assertExceeded(queue, submission(OWNER, 60L, null, null, 21), QuotaExceeded.Limit.IDS, Duration.ofSeconds(1));
        assertThat(perMinute(queue, 60, 20).ids()).isZero();
        pass(Duration.ofHours(1));
        assertThat(perMinute(queue, 60, 60).ids()).isZero();
    }

    @Test
    void whatIsHandedInWhileThereIsNoLimitUsesNothingUpAndGivesNothingBack() {
        BatchQueue queue = queue("interval=1h");
        perMinute(queue, 60, 60);

        queue.accept(submission(OWNER, null, null, null, 300));
        assertExceeded(queue, submission(OWNER, 60L, null, null, 1), QuotaExceeded.Limit.IDS, Duration.ofSeconds(1));
    }

    @Test
    void othersHaveTheirOwn() {
        BatchQueue queue = queue("interval=1h");
        perMinute(queue, 10, 10);

        assertThat(queue.accept(submission("other", 10L, null, null, 10))
                        .remaining()
                        .ids())
                .isZero();
        queue.accept(submission("free", null, null, null, 1_000));
        queue.add(new Submission(UUID.randomUUID(), Priority.LOW, Ids.of(1), 3, null));
    }

    @Test
    void whatIsRefusedCostsNothingWhateverItIsRefusedFor() {
        BatchQueue queue = queue("interval=1h", "limits.max-backlog=3");
        perMinute(queue, 60, 3);

        assertThatThrownBy(() -> perMinute(queue, 60, 12)).isInstanceOf(BacklogFull.class);
        assertThatThrownBy(() -> queue.accept(submission(OWNER, 60L, 2L, null, 6)))
                .isInstanceOf(QuotaExceeded.class);
        assertThatThrownBy(() -> perMinute(queue, 60, 61)).isInstanceOf(NeverFits.class);
        assertThat(perMinute(queue, 60, 6).ids()).isEqualTo(51);
    }

    @Test
    void whatIsSaidAgainCostsNothingAndIsNeverRefused() {
        BatchQueue queue = queue("interval=1h");
        Receipt first = queue.accept(submission(OWNER, 60L, 20L, "key", 60));

        for (Submission again : List.of(
                submission(OWNER, 60L, 20L, "key", 60),
                submission(OWNER, 5L, 1L, "key", 60),
                submission(OWNER, null, null, "key", 60))) {
            assertThat(queue.accept(again).ingestionId()).isEqualTo(first.ingestionId());
        }
        pass(Duration.ofSeconds(30));
        assertThat(perMinute(queue, 60, 30).ids()).isZero();
        assertThatThrownBy(() -> queue.accept(submission(OWNER, 60L, null, "key", 59)))
                .isInstanceOf(KeyReused.class);
    }

    @Test
    void moreThanThereEverIsNeverFits() {
        BatchQueue queue = queue("interval=1h");

        assertThatThrownBy(() -> perMinute(queue, 60, 61)).isInstanceOf(NeverFits.class);
        assertThatThrownBy(() -> queue.accept(submission(OWNER, null, 2L, null, 7)))
                .isInstanceOf(NeverFits.class);
        assertThat(waiting(queue)).isZero();
    }

    @Test
    void aShareOfTheBacklogIsFullUntilSomeOfItIsDispatched() throws Exception {
        BatchQueue queue = queue("interval=1ms");
        assertThat(queue.accept(submission(OWNER, null, 4L, null, 9)).remaining())
                .isEqualTo(new Quota.Remaining(null, 0, 1L));
        queue.accept(submission("other", null, null, null, 30));

        assertThatThrownBy(() -> queue.accept(submission(OWNER, null, 4L, null, 6)))
                .isInstanceOfSatisfying(QuotaExceeded.class, exceeded -> {
                    assertThat(exceeded.limit()).isEqualTo(QuotaExceeded.Limit.BACKLOG);
                    assertThat(exceeded.remaining().batches()).isOne();
                });
        Outcomes.completeNext(queue);
        assertThat(queue.accept(submission(OWNER, null, 4L, null, 6))
                        .remaining()
                        .batches())
                .isZero();
    }

    @Test
    void whatWaitsForARetryWaitsAndWhatIsCancelledDoesNot() throws Exception {
        Desk desk = desk("interval=1ms", "upstream.max-attempts=5");
        UUID id = desk.queue().accept(submission(OWNER, null, null, null, 12)).ingestionId();
        UUID moved = desk.queue().accept(submission(OWNER, null, null, null, 6)).ingestionId();
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(6);
        Batch first = desk.queue().take();
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(5);

        desk.queue().finish(first, Outcomes.missed(first, "try again"));
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(6);
        desk.orders().move(moved, Priority.LOW);
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(6);
        desk.orders().cancel(id);
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(2);
        Batch failing = desk.queue().take();
        desk.queue().finish(failing, Outcomes.failed(failing, "no"));
        assertThat(waitingOfOwner(desk.queue())).isOne();
        desk.orders().retry(moved);
        assertThat(waitingOfOwner(desk.queue())).isEqualTo(2);
    }

    /** As a submission is told that has no room for as long as there are any. */
    private static long waitingOfOwner(BatchQueue queue) {
        long[] waiting = new long[1];
        assertThatThrownBy(() -> queue.accept(submission(OWNER, null, 1_000L, null, 3_000)))
                .isInstanceOfSatisfying(
                        QuotaExceeded.class,
                        exceeded -> waiting[0] = 1_000
                                - Objects.requireNonNull(exceeded.remaining().batches()));
        return waiting[0];
    }

    @Test
    void anotherProcessGoesOnWithBoth() {
        BatchQueue first = queue("interval=1h");
        perMinute(first, 60, 59);
        BatchQueue second = another("interval=1h");

        assertExceeded(second, submission(OWNER, 60L, null, null, 2), QuotaExceeded.Limit.IDS, Duration.ofSeconds(1));
        assertThat(waitingOfOwner(second)).isEqualTo(20);
    }

    @Test
    void ofManyAtOnceOnlyThoseWinThatThereIsRoomFor() throws Exception {
        BatchQueue one = queue("interval=1h");
        BatchQueue two = beside(one);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        CyclicBarrier together = new CyclicBarrier(AT_ONCE);
        List<Future<Integer>> won = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            BatchQueue queue = i % 2 == 0 ? one : two;
            won.add(threads.submit(() -> {
                together.await();
                int accepted = 0;
                for (int submission = 0; submission < 10; submission++) {
                    accepted += accepts(queue, submission("ids", 100L, null, null, 7)) ? 1 : 0;
                    accepted += accepts(queue, submission("backlog", null, 50L, null, 7)) ? 100 : 0;
                }
                return accepted;
            }));
        }
        threads.shutdown();
        int total = 0;
        for (Future<Integer> each : won) {
            total += each.get();
        }

        assertThat(total % 100).isEqualTo(14);
        assertThat(total / 100).isEqualTo(16);
    }

    private static boolean accepts(BatchQueue queue, Submission submission) {
        try {
            queue.accept(submission);
            return true;
        } catch (QuotaExceeded exceeded) {
            return false;
        }
    }

    /** Another process beside this one, where there can be one; else this one. */
    protected abstract BatchQueue beside(BatchQueue one);
}
