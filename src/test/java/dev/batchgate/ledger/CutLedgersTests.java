package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is deleted of an honest history takes with it what would have explained the rest. */
class CutLedgersTests {

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
    void theLedgerIsCutInTheMiddleOfWhatHappened() {
        SimulatedIngestion first = service.submit("LOW", 9);
        service.fail(service.take());
        service.move(first, "HIGH");
        service.fail(service.take());
        service.cancel(first);
        SimulatedIngestion kept = service.submit("LOW", 6);
        service.complete(service.take(kept, 0));
        service.retry(first);
        service.complete(service.take(first, 0));
        service.complete(service.take(first, 1));
        service.pass(Duration.ofHours(1));
        service.complete(service.take(kept, 1));
        service.submit("LOW", 1);
        forgetAll();

        requireNothing("dispatches   4, slot 4 to 7");
    }

    /** Slot 4 asks again for what failed in slot 2, which is cut; the cancellation and the order to are not. */
    private void cutBetweenAFailureAndItsRetry() {
        SimulatedIngestion deleted = service.submit("LOW", 6);
        service.fail(service.take(deleted, 0));
        SimulatedIngestion kept = service.submit("HIGH", 6);
        service.complete(service.take(kept, 0));
        service.cancel(deleted);
        service.pause();
        service.resume();
        service.move(kept, "LOW");
        service.retry(deleted);
        service.complete(service.take(deleted, 0));
        service.pass(Duration.ofHours(1));
        service.complete(service.take(kept, 1));
        service.submit("LOW", 1);
        forgetAll();
    }

    @Test
    void theFailureIsCutButNotTheOrderToRetryIt() {
        cutBetweenAFailureAndItsRetry();

        requireNothing("dispatches   3, slot 3 to 5", "retries      1");
    }

    @Test
    void whatIsRepeatedAfterTheCutIsNamed() {
        cutBetweenAFailureAndItsRetry();
        service.write(store);
        store.sql("UPDATE dispatch SET ingestion = 2, batch = 0, attempt = 3 WHERE slot = 5");

        assertThat(store.verify())
                .contains("cancel: slot 5 took batch 1 of ingestion 2 (LOW), which had been cancelled");
    }

    @Test
    void whatWasCancelledBeforeItsFirstDispatchIsDeleted() {
        service.cancel(service.submit("LOW", 9));
        service.pass(Duration.ofHours(1));
        service.submit("LOW", 1);
        forgetAll();

        requireNothing("ingestions   3");
    }

    @Test
    void ofWhatIsDeletedAnOrderMayOutliveTheLastDispatch() {
        SimulatedIngestion moved = service.submit("LOW", 3);
        SimulatedIngestion kept = service.submit("LOW", 6);
        SimulatedIngestion.Unit flying = service.take();
        service.complete(service.take(kept, 0));
        service.move(moved, "HIGH");
        service.complete(flying);
        service.pass(Duration.ofHours(1));
        service.submit("LOW", 1);
        forgetAll();

        requireNothing("dispatches   1, slot 3 to 3", "ingestions   3");
    }

    @Test
    void aPauseOutlivesTheLedgerOfItsTime() {
        service.pause();
        service.resume();
        service.submit("LOW", 3);
        service.complete(service.take());
        service.pass(Duration.ofHours(1));
        service.submit("LOW", 6);
        service.complete(service.take());
        forgetAll();
        service.take();

        requireNothing("orders       1", "dispatches   2, slot 3 to 4");
    }

    /** What has expired is deleted by the second step. */
    private void forgetAll() {
        service.forget(Duration.ofMinutes(30));
        service.forget(Duration.ofMinutes(30));
    }

    private void requireNothing(String... report) {
        service.write(store);
        assertThat(store.verify()).contains("violations   0").contains(report);
    }
}
