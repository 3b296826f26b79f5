package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;

/** What the proof says of a fair embedded store. */
class FairLedgersTests extends FairLedgersContract {

    @Override
    HandMadeStore newStore() {
        return HandMadeStore.empty();
    }

    @Override
    SimulatedService newService(Fairness fairness) {
        return new SimulatedService(INTERVAL, 1, fairness);
    }
}
