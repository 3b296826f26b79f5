package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the proof says of an embedded store, whose processes have it one after the other. */
class VerifyLedgerTests extends VerifyLedgerContract {

    @Override
    HandMadeStore newStore() {
        return HandMadeStore.empty();
    }

    @Override
    SimulatedService newService(int maxInFlight) {
        return new SimulatedService(INTERVAL, maxInFlight);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "repeat: slot 8 took batch 2 of ingestion 1 (LOW), which was in flight since slot 7 | UPDATE dispatch SET run = 1 WHERE slot = 8",
                "repeat: slot 8 took batch 2 of ingestion 1 (LOW), which was in flight since slot 7 | UPDATE dispatch SET run = 1 WHERE slot = 8; UPDATE dispatch SET ended_ticks = started_ticks WHERE slot = 7",
                "backoff: slot 8 took batch 2 of ingestion 1 (LOW) PT10S before its retry was due | UPDATE dispatch SET outcome = 'incomplete', retry_ticks = 0, retry_at = 1767312070000000, ended_at = 1767312000000000 WHERE slot = 7",
                "retry-after: slot 8 starts PT5.5S before the upstream wanted to be asked again, as it said in slot 6 | UPDATE dispatch SET hold_ticks = 0, hold_until = ended_at + 15500000 WHERE slot = 6",
                "ledger: slot 7 has no outcome, though its run is over | UPDATE dispatch SET outcome = NULL WHERE slot = 7",
            })
    void whatCannotBeBetweenTwoRunsIsNamed(String violation, String tampering) {
        whatWasTamperedWithIsNamed(violation, tampering);
    }

    /** One that ends late, and one that lasted long; for a clock that was set back, the long one counts. */
    @Test
    void ofAllThatClosedTheGateTheLongestIsLeft() {
        try (HandMadeStore other = newStore()) {
            SimulatedService service = newService(1);
            service.submit("LOW", 9);
            service.complete(service.take());
            service.setWallClockWrongBy(Duration.ofHours(1));
            service.finish(service.take(), List.of("completed"), Duration.ZERO, Duration.ofSeconds(1));
            service.setWallClockWrongBy(Duration.ofHours(-1));
            service.restart(INTERVAL, 1);
            service.take();
            service.write(other);
            assertThat(other.verify()).contains("violations   0");

            other.sql("UPDATE dispatch SET hold_until = ended_at + 60000000, hold_ticks = ended_ticks WHERE slot = 1");
            assertThat(other.verify())
                    .contains("retry-after: slot 3 starts PT55S before the upstream wanted to be asked again,")
                    .contains("as it said in slot 1", "violations   1");
        }
    }

    /** A slot has its batch before it opens; a crash hides whether that left. */
    @ParameterizedTest
    @CsvSource({"5, , 0", "11, , 1", "5, unreachable, 1", "5, unsent, 0", "500, unsent, 0"})
    void whatWasAboutToLeaveWhenTheGateWasClosedDoesNotLeave(int millisBefore, String outcome, int violations) {
        try (HandMadeStore other = newStore()) {
            SimulatedService service = newService(2);
            service.submit("LOW", 6);
            SimulatedIngestion.Unit first = service.take();
            service.pass(INTERVAL.minusMillis(millisBefore));
            service.finish(first, List.of("completed"), Duration.ZERO, Duration.ofSeconds(60));
            service.closedUntil = 0;
            SimulatedIngestion.Unit second = service.take();
            if (outcome != null) {
                service.miss(second, Duration.ZERO);
                second.last.put("outcome", outcome);
            }
            service.write(other);

            assertThat(other.verify()).contains("violations   " + violations);
            if (violations > 0) {
                assertThat(other.verify()).contains("retry-after: slot 2 starts");
            }
        }
    }
}
