package dev.batchgate.ledger;

/** What the proof says of an embedded store that was copied to PostgreSQL: the same in every word. */
class VerifyCopiedLedgerTests extends VerifyLedgerTests {

    @Override
    HandMadeStore newStore() {
        return HandMadeStore.shared();
    }
}
