package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.batchgate.ingestion.OrdersContract.Desk;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store tells those who measure, on a moved clock. */
public abstract class TelemetryContract {

    /** What a database's clock rounds away, and what is taken for the latest moment possible. */
    private static final Duration ROUNDING = Duration.ofMillis(1);

    private final List<SlotUse> uses = new ArrayList<>();
    private final List<BatchStatus> finished = new ArrayList<>();
    private final List<Integer> commits = new CopyOnWriteArrayList<>();

    private BatchQueue queue;
    private Orders orders;

    /** A fresh, empty one, whose time passes only where somebody waits. */
    protected abstract Desk desk(String... settings);

    protected abstract Telemetry telemetry();

    protected abstract void pass(Duration time);

    @BeforeEach
    void listen() {
        Desk desk = desk("interval=10s", "upstream.backoff=20s", "upstream.max-attempts=2");
        queue = desk.queue();
        orders = desk.orders();
        telemetry().attach(new Telemetry.Meter() {
            @Override
            public void measured(SlotUse use) {
                uses.add(use);
            }

            @Override
            public void finished(Batch batch, Verdict verdict) {
                finished.add(verdict.status());
            }

            @Override
            public void committed(int changes, Duration took) {
                commits.add(changes);
            }
        });
    }

    @Test
    void aBatchIsLateFromWhenTheSlotStoodOpenAndWaitedFromWhenItWasAccepted() throws Exception {
        add(Priority.LOW, 1);
        complete(queue.take());
        add(Priority.HIGH, 2);
        pass(Duration.ofSeconds(25));
        complete(queue.take());

        assertThat(uses).extracting(SlotUse::priority).containsExactly(Priority.LOW, Priority.HIGH);
        assertThat(uses).allMatch(SlotUse::isFirst);
        requireAbout(uses.get(0).late(), Duration.ZERO);
        requireAbout(uses.get(0).waited(), Duration.ZERO);
        requireAbout(uses.get(1).late(), Duration.ofSeconds(15));
        requireAbout(uses.get(1).waited(), Duration.ofSeconds(25));
    }

    @Test
    void nobodyIsLateWhoComesToAnOpenGate() throws Exception {
        pass(Duration.ofSeconds(100));
        add(Priority.LOW, 1);
        complete(queue.take());

        requireAbout(uses.get(0).late(), Duration.ZERO);
    }

    @Test
    void theWayToTheNetworkCounts() throws Exception {
        add(Priority.LOW, 1);
        Batch batch = queue.take();
        pass(Duration.ofSeconds(3));
        complete(batch);

        requireAbout(uses.get(0).late(), Duration.ofSeconds(3));
        requireAbout(uses.get(0).waited(), Duration.ZERO);
    }

    @Test
    void whoOvertakesInAnOpenSlotDoesNotHideThatItWasOpen() throws Exception {
        add(Priority.LOW, 1);
        pass(Duration.ofSeconds(20));
        add(Priority.HIGH, 2);
        complete(queue.take());

        assertThat(uses.get(0).priority()).isEqualTo(Priority.HIGH);
        requireAbout(uses.get(0).late(), Duration.ofSeconds(20));
        requireAbout(uses.get(0).waited(), Duration.ZERO);
    }

    @Test
    void aPauseIsNobodysFault() throws Exception {
        orders.pause();
        add(Priority.LOW, 1);
        pass(Duration.ofSeconds(60));
        orders.resume();
        pass(Duration.ofSeconds(2));
        complete(queue.take());

        requireAbout(uses.get(0).late(), Duration.ofSeconds(2));
        requireAbout(uses.get(0).waited(), Duration.ofSeconds(62));
    }

    @Test
    void aSlotCannotBeUsedBeforeThereIsRoomAmongThoseInFlight() throws Exception {
        add(Priority.LOW, 1);
        add(Priority.LOW, 2);
        Batch slow = queue.take();
        queue.departed(slow);
        pass(Duration.ofSeconds(30));
        complete(slow);
        pass(Duration.ofSeconds(4));
        complete(queue.take());

        requireAbout(uses.get(1).late(), Duration.ofSeconds(4));
    }

    @Test
    void whatTheUpstreamClosedCouldNotBeUsed() throws Exception {
        add(Priority.LOW, 1);
        add(Priority.LOW, 2);
        Batch refused = queue.take();
        queue.departed(refused);
        queue.finish(refused, Outcomes.closed(refused, Duration.ofSeconds(40)));
        pass(Duration.ofSeconds(41));
        complete(queue.take());

        requireAbout(uses.get(1).late(), Duration.ofSeconds(1));
    }

    @Test
    void aRetryIsLateFromWhenItWasDueAndDoesNotCountAsAWait() throws Exception {
        add(Priority.LOW, 1);
        Batch batch = queue.take();
        queue.departed(batch);
        queue.finish(batch, Outcomes.missed(batch, "busy"));
        pass(Duration.ofSeconds(21));
        complete(queue.take());

        assertThat(finished).containsExactly(BatchStatus.TRIGGERED, BatchStatus.COMPLETED);
        assertThat(uses.get(1).isFirst()).isFalse();
        requireAbout(uses.get(1).late(), Duration.ofSeconds(1));
    }

    @Test
    void overdueIsWhatCouldHaveLeftAndDidNot() throws Exception {
        pass(Duration.ofSeconds(5));
        requireAbout(queue.overdue(), Duration.ZERO);
        add(Priority.LOW, 1, 2, 3, 4);
        pass(Duration.ofSeconds(40));
        requireAbout(queue.overdue(), Duration.ofSeconds(40));

        orders.pause();
        requireAbout(queue.overdue(), Duration.ZERO);
        orders.resume();
        pass(Duration.ofSeconds(5));
        requireAbout(queue.overdue(), Duration.ofSeconds(5));

        Batch batch = queue.take();
        queue.departed(batch);
        pass(Duration.ofSeconds(60));
        assertThat(queue.overdue()).as("no room among those in flight").isZero();
        complete(batch);
        pass(Duration.ofSeconds(7));
        requireAbout(queue.overdue(), Duration.ofSeconds(7));
        complete(queue.take());
        pass(Duration.ofSeconds(100));
        assertThat(queue.overdue()).as("nobody waits").isZero();
    }

    @Test
    void aRetryIsOverdueFromWhenItIsDue() throws Exception {
        add(Priority.LOW, 1);
        Batch batch = queue.take();
        queue.departed(batch);
        queue.finish(batch, Outcomes.missed(batch, "busy"));
        pass(Duration.ofSeconds(19));
        assertThat(queue.overdue()).isZero();
        pass(Duration.ofSeconds(12));
        requireAbout(queue.overdue(), Duration.ofSeconds(11));
    }

    @Test
    void commitsAreTold() {
        add(Priority.LOW, 1);

        await().untilAsserted(() -> assertThat(commits).contains(1));
    }

    private UUID add(Priority priority, long... ids) {
        return queue.add(Queues.submission(priority, Ids.of(ids)));
    }

    private void complete(Batch batch) {
        queue.departed(batch);
        queue.finish(batch, Outcomes.completed(batch));
    }

    private static void requireAbout(Duration measured, Duration expected) {
        assertThat(measured).isCloseTo(expected, ROUNDING);
    }
}
