package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Twists of an honest history that a simpler proof would take for violations. */
class HonestCasesTests {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final HandMadeStore store = HandMadeStore.empty();
    private final SimulatedService service = new SimulatedService(INTERVAL, 2);

    /** Shows at once which version wrote the store: results there are. */
    @BeforeEach
    void oneBatchIsCompleted() {
        service.submit("LOW", 1);
        service.complete(service.take());
    }

    @AfterEach
    void deleteStore() {
        store.close();
    }

    @Test
    void moveWhileARetryWaits() {
        SimulatedIngestion moved = service.submit("LOW", 4);
        SimulatedIngestion other = service.submit("LOW", 9);
        service.miss(service.take(), Duration.ofSeconds(12));
        service.move(moved, "HIGH");
        service.complete(service.take(moved, 1));
        service.complete(service.take(other, 0));
        service.take(moved, 0);

        requireNothing("retries      1", "orders       1");
    }

    @Test
    void anIngestionIsMovedDownBehindItsOwnKind() {
        SimulatedIngestion moved = service.submit("HIGH", 9);
        SimulatedIngestion other = service.submit("MEDIUM", 1);
        service.complete(service.take(moved, 0));
        service.move(moved, "LOW");
        service.complete(service.take(other, 0));
        service.move(moved, "MEDIUM");
        service.submit("MEDIUM", 1);
        service.take(moved, 1);

        requireNothing("orders       2");
    }

    @Test
    void moveOfAnIngestionOfWhichEverythingIsDispatched() {
        SimulatedIngestion moved = service.submit("LOW", 3);
        SimulatedIngestion.Unit unit = service.take();
        service.move(moved, "HIGH");
        service.miss(unit, Duration.ZERO);
        service.submit("MEDIUM", 3);
        service.take(moved, 0);

        requireNothing("orders       1");
    }

    @Test
    void anUpstreamComesBackInTheMiddleOfAProbe() {
        SimulatedIngestion ingestion = service.submit("LOW", 6);
        service.miss(service.take(), Duration.ZERO);
        SimulatedIngestion.Unit probe = service.take(ingestion, 0);
        service.finish(probe, Arrays.asList(null, "completed", "failed"), Duration.ZERO, Duration.ZERO);
        probe.last.put("outcome", "unreachable");
        service.complete(service.take(ingestion, 0));
        service.take(ingestion, 1);

        requireNothing("retries      2");
    }

    @Test
    void aRetryGoesBeforeTheNextBatchWhileAnotherIsInFlight() {
        SimulatedIngestion ingestion = service.submit("LOW", 12);
        SimulatedIngestion.Unit first = service.take();
        service.take();
        service.miss(first, Duration.ZERO);
        service.take(ingestion, 0);
        service.complete(first);
        service.take(ingestion, 2);

        requireNothing("retries      1");
    }

    @Test
    void whoComesBackInTheMomentOfASlotMayBeTooLateForIt() {
        SimulatedIngestion ingestion = service.submit("LOW", 9);
        SimulatedIngestion.Unit first = service.take();
        service.take(ingestion, 1);
        service.finish(first, Arrays.asList("completed", null), Duration.ZERO, Duration.ofSeconds(20));

        requireNothing("dispatches   3");
    }

    @Test
    void whatIsCancelledInFlightMayComplete() {
        SimulatedIngestion cancelled = service.submit("LOW", 9);
        SimulatedIngestion.Unit first = service.take();
        service.cancel(cancelled);
        service.complete(first);

        requireNothing("orders       1", "0 of them waiting");
    }

    @Test
    void whatIsCancelledInFlightIsNotRepeatedAfterACrash() {
        SimulatedIngestion cancelled = service.submit("LOW", 9);
        SimulatedIngestion.Unit first = service.take();
        service.finish(first, Arrays.asList("failed", null, null), Duration.ZERO, Duration.ZERO);
        service.take(cancelled, 0);
        service.take();
        service.cancel(cancelled);

        service.restart(INTERVAL, 2);
        service.submit("LOW", 1);
        service.take();

        requireNothing("repeats      0", "retries      1");
    }

    @Test
    void theStoreOfADeadProcessTellsOfWhatWasCancelledInFlight() {
        SimulatedIngestion cancelled = service.submit("LOW", 9);
        service.take();
        service.cancel(cancelled);

        requireNothing("orders       1");
    }

    @Test
    void ordersBetweenTwoRuns() {
        SimulatedIngestion cancelled = service.submit("LOW", 9);
        SimulatedIngestion moved = service.submit("LOW", 9);
        service.take();
        service.restart(INTERVAL, 1);
        service.cancel(cancelled);
        service.move(moved, "HIGH");
        service.pause();
        service.restart(INTERVAL, 1);
        service.resume();
        service.take(moved, 0);

        requireNothing("runs         3", "orders       4", "repeats      0");
    }

    @Test
    void severalOrdersAfterTheSameSlot() {
        SimulatedIngestion ingestion = service.submit("LOW", 6);
        service.submit("MEDIUM", 1);
        service.fail(service.take());
        service.fail(service.take());
        service.move(ingestion, "MEDIUM");
        service.move(ingestion, "HIGH");
        service.cancel(ingestion);
        service.retry(ingestion);
        service.pause();
        service.resume();
        service.complete(service.take(ingestion, 0));

        requireNothing("orders       6");
    }

    @Test
    void whatFailedIsAskedForAgainAfterItWasCancelledAndACrash() {
        SimulatedIngestion ingestion = service.submit("LOW", 9);
        service.finish(service.take(), List.of("completed", "failed"), Duration.ZERO, Duration.ZERO);
        service.cancel(ingestion);
        service.retry(ingestion);
        service.restart(INTERVAL, 2);
        service.miss(service.take(ingestion, 0), Duration.ofSeconds(3));
        service.take();
        service.restart(INTERVAL, 2);
        service.complete(service.take(ingestion, 0));
        assertThat(service.take()).isNull();

        requireNothing("orders       2", "retries      2", "repeats      1", "0 of them waiting");
    }

    @Test
    void whatIsAskedForAgainIsCancelledAgain() {
        SimulatedIngestion ingestion = service.submit("LOW", 3);
        SimulatedIngestion other = service.submit("LOW", 9);
        service.fail(service.take());
        service.complete(service.take(other, 0));
        service.retry(ingestion);
        service.cancel(ingestion);
        service.take(other, 1);

        requireNothing("orders       2");
    }

    @Test
    void whatWasAskedForAgainAndCancelledHasNotFailedAnyMore() {
        SimulatedIngestion ingestion = service.submit("LOW", 6);
        SimulatedIngestion other = service.submit("LOW", 9);
        service.fail(service.take(ingestion, 0));
        service.fail(service.take(ingestion, 1));
        service.complete(service.take(other, 0));
        service.retry(ingestion);
        SimulatedIngestion.Unit again = service.take(ingestion, 0);
        service.cancel(ingestion);
        service.fail(again);
        service.complete(service.take(other, 1));
        service.retry(ingestion);
        service.complete(service.take(ingestion, 0));
        service.take(other, 2);

        requireNothing("orders       3", "retries      2");
    }

    @Test
    void aWaitGoesOnInTheNextRunByTheWallClockThoughNeverForLonger() {
        SimulatedIngestion waiting = service.submit("HIGH", 1);
        SimulatedIngestion other = service.submit("LOW", 30);
        service.miss(service.take(), Duration.ofSeconds(30));
        service.setWallClockWrongBy(Duration.ofHours(-1));
        service.restart(INTERVAL, 2);
        service.complete(service.take(other, 0));
        service.pass(Duration.ofSeconds(24));
        service.complete(service.take(other, 1));
        service.complete(service.take(waiting, 0));

        requireNothing("retries      1");
    }

    @Test
    void theUpstreamIsLeftAloneInTheNextRunToo() {
        service.submit("LOW", 30);
        service.finish(service.take(), List.of("completed"), Duration.ZERO, Duration.ofSeconds(60));
        service.pass(Duration.ofSeconds(20));
        service.restart(INTERVAL, 2);
        service.take();

        requireNothing("dispatches   3");
    }

    private void requireNothing(String... report) {
        service.write(store);
        assertThat(store.verify()).contains("violations   0").contains(report);
    }
}
