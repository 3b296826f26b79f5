package dev.batchgate.ledger;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the proof says of a store that replicas shared: slots 1 to 7 are one's, who was lost then, and slot 8 another's. */
class VerifySharedLedgerTests extends VerifyLedgerContract {

    @Override
    HandMadeStore newStore() {
        return HandMadeStore.shared();
    }

    @Override
    SimulatedService newService(int maxInFlight) {
        return new SimulatedReplicas(INTERVAL, maxInFlight);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "spacing: slot 8 starts PT4S after slot 7, which is less than the interval of PT5S | UPDATE dispatch SET started_ticks = started_ticks - 1000000000 WHERE slot = 8",
                "spacing: slot 8 starts PT4.5S after slot 7, which is less than the interval of PT5S | UPDATE dispatch SET departed_ticks = started_ticks + 500000000 WHERE slot = 7",
                "spacing: slot 8 starts PT5S after slot 7, which is less than the interval of PT6S | UPDATE run SET interval_nanos = 6000000000 WHERE run = 2",
                "spacing: slot 8 starts PT4S after slot 7, which is less than the interval of PT5S | UPDATE dispatch SET outcome = 'unsent', retry_ticks = ended_ticks WHERE slot = 7; UPDATE dispatch SET started_ticks = started_ticks - 1000000000 WHERE slot = 8",
                "spacing: slot 8 starts PT4S after slot 7, which is less than the interval of PT5S | UPDATE dispatch SET outcome = 'unsent', retry_ticks = ended_ticks, departed_ticks = started_ticks + 1000000000 WHERE slot = 7",
                "repeat: slot 8 took batch 2 of ingestion 1 (LOW), which was in flight since slot 7 | UPDATE dispatch SET ended_ticks = ended_ticks + 60000000000 WHERE slot = 7",
                "repeat: slot 8 took batch 2 of ingestion 1 (LOW), which was in flight since slot 7 | UPDATE dispatch SET outcome = NULL, ended_ticks = NULL, ended_at = NULL WHERE slot = 7",
                "repeat: slot 8 took batch 2 of ingestion 1 (LOW), which was in flight since slot 7 | UPDATE dispatch SET outcome = NULL WHERE slot = 7",
                "repeat: slot 8 repeats batch 2 of ingestion 1 (LOW), whose outcome was known | UPDATE dispatch SET outcome = 'completed', batch_status = 'completed' WHERE slot = 7",
                "backoff: slot 8 took batch 2 of ingestion 1 (LOW) PT10S before its retry was due | UPDATE dispatch SET outcome = 'unsent', retry_ticks = ended_ticks + 15000000000 WHERE slot = 7",
                "in flight: slot 8 started while 1 batches were in flight, of at most 1 | UPDATE dispatch SET ended_ticks = ended_ticks + 60000000000 WHERE slot = 7; UPDATE run SET max_in_flight = 1 WHERE run = 2",
                "in flight: slot 8 started while 1 batches were in flight, of at most 1 | UPDATE dispatch SET ended_ticks = ended_ticks + 60000000000 WHERE slot = 4; UPDATE run SET max_in_flight = 1 WHERE run = 2",
                "retry-after: slot 8 starts PT5.5S before the upstream wanted to be asked again, as it said in slot 6 | UPDATE dispatch SET hold_ticks = ended_ticks + 15500000000, hold_until = ended_at + 15500000 WHERE slot = 6",
                "pause: slot 8 took batch 2 of ingestion 1 (LOW) while the gate was paused by control 2 | UPDATE control SET kind = 'pause' WHERE control = 2",
                "priority: slot 8 took batch 2 of ingestion 1 (LOW) while ingestion 4 (HIGH) was waiting | UPDATE ingestion SET priority = 'HIGH' WHERE sequence = 4; UPDATE dispatch SET accepted = 4 WHERE slot = 8",
                "FIFO: slot 8 took batch 1 of ingestion 4 (LOW) while ingestion 1 (LOW) was waiting | UPDATE dispatch SET ingestion = 4, batch = 0, attempt = 1, accepted = 4 WHERE slot = 8",
                "cancel: batch 2 of ingestion 1 (LOW) ended as failed while it waited after slot 7, though nobody cancelled it | UPDATE dispatch SET outcome = 'unsent', batch_status = 'failed', retry_ticks = ended_ticks WHERE slot = 7; DELETE FROM dispatch WHERE slot = 8",
                "cancel: batch 2 of ingestion 1 (LOW) ended as cancelled with slot 7, though nobody cancelled it | UPDATE dispatch SET outcome = 'unsent', batch_status = 'cancelled' WHERE slot = 7; DELETE FROM dispatch WHERE slot = 8",
                "ledger: slot 7 is unsent, while its batch is completed | UPDATE dispatch SET outcome = 'unsent', batch_status = 'completed' WHERE slot = 7",
                "ledger: slot 7 belongs to run 9, which is not on record | UPDATE dispatch SET run = 9 WHERE slot = 7",
            })
    void whatCannotBeAmongReplicasIsNamed(String violation, String tampering) {
        whatWasTamperedWithIsNamed(violation, tampering);
    }
}
