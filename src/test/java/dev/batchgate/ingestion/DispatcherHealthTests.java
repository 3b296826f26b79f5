package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class DispatcherHealthTests {

    private final BatchQueue queue = mock();
    private final Dispatcher dispatcher = new Dispatcher(
            queue, (batch, departure) -> new CompletableFuture<>(), new Telemetry(), System::nanoTime, () -> {});
    private final DispatcherHealth indicator = new DispatcherHealth(dispatcher, queue);

    @BeforeEach
    void aBatchToTake() throws InterruptedException {
        when(queue.take()).thenReturn(new Batch(UUID.randomUUID(), 0, List.of(1L)));
        when(queue.overdue()).thenReturn(Duration.ZERO);
    }

    @Test
    void aDispatcherThatRunsAndIsNotOverdueIsUp() {
        dispatcher.dispatchNext();
        when(queue.overdue()).thenReturn(DispatcherHealth.LONGEST);

        assertThat(status()).isEqualTo(Status.UP);
    }

    @Test
    void aBatchThatCouldHaveLeftLongAgoIsReasonEnough() {
        dispatcher.dispatchNext();
        when(queue.overdue()).thenReturn(DispatcherHealth.LONGEST.plusSeconds(1));

        Health down = indicator.health();
        assertThat(down.getStatus()).isEqualTo(Status.DOWN);
        assertThat(down.getDetails()).containsEntry("reason", "a batch could have left 31 s ago");
    }

    @Test
    void aThreadThatHasEndedDispatchesNothing() throws InterruptedException {
        Thread ending = new Thread(dispatcher::dispatchNext);
        ending.start();
        ending.join();

        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void oneThatHasNeverRunIsDown() {
        assertThat(status()).isEqualTo(Status.DOWN);
    }

    @Test
    void whatAStoreThatCannotBeAskedMeansIsForTheStoreToSay() {
        dispatcher.dispatchNext();
        when(queue.overdue()).thenThrow(new Unavailable("not now", Duration.ofSeconds(1)));

        assertThat(status()).isEqualTo(Status.UNKNOWN);
    }

    private Status status() {
        return indicator.health().getStatus();
    }
}
