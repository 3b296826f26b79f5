package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Batch;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTests {

    private final MovedTime time = new MovedTime();

    @Test
    void theIntervalCountsFromTheDepartureNotFromTheDecision() throws Exception {
        Gate gate = new Gate(Duration.ofSeconds(5), 1, time, 0, 0, false);
        Batch slow = enter(gate);
        time.pass(Duration.ofSeconds(2));
        gate.departed(slow);
        gate.ended(slow);

        assertThat(nextSlot(gate)).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void aBatchThatNeverDepartsHoldsTheGateUntilItEnds() throws Exception {
        Gate gate = new Gate(Duration.ofSeconds(5), 1, time, 0, 0, false);
        Batch stuck = enter(gate);
        time.pass(Duration.ofSeconds(10));
        gate.ended(stuck);

        assertThat(nextSlot(gate)).isEqualTo(Duration.ofSeconds(15));
    }

    @Test
    void toReportADepartureAgainMovesNothing() throws Exception {
        Gate gate = new Gate(Duration.ofSeconds(5), 3, time, 0, 0, false);
        Batch first = enter(gate);
        gate.departed(first);
        nextSlot(gate);
        Batch second = enter(gate);
        gate.departed(first);
        time.pass(Duration.ofSeconds(1));
        gate.departed(second);

        assertThat(nextSlot(gate)).isEqualTo(Duration.ofSeconds(11));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT0.01S", "PT5S", "PT10M", "P1D"})
    void slotsAreExactlyOneIntervalApartWhileTheGateIsBusy(Duration interval) throws Exception {
        Gate gate = new Gate(interval, 1, time, 0, 0, false);
        for (int slot = 0; slot < 100; slot++) {
            assertThat(nextSlot(gate)).isEqualTo(interval.multipliedBy(slot));
            Batch batch = enter(gate);
            gate.departed(batch);
            gate.ended(batch);
        }
    }

    /** When it opens, since the start; time has passed until then. */
    private Duration nextSlot(Gate gate) throws InterruptedException {
        gate.awaitChoice();
        long opening = gate.slot(time.nanos()).orElseThrow();
        time.sleepUntil(opening);
        return Duration.ofNanos(opening);
    }

    private static Batch enter(Gate gate) {
        Batch batch = new Batch(UUID.randomUUID(), 0, List.of(1L));
        gate.enter(batch);
        return batch;
    }
}
