package dev.batchgate.ledger;

/** What the proof says of a fair embedded store that was copied to PostgreSQL: the same in every word. */
class FairCopiedLedgersTests extends FairLedgersTests {

    @Override
    HandMadeStore newStore() {
        return HandMadeStore.shared();
    }
}
