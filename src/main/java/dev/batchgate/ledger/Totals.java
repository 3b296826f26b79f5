package dev.batchgate.ledger;

/** How much was checked. */
final class Totals implements Check {

    private long ingestions;
    private long dispatches;
    private long firstSlot;
    private long lastSlot;

    @Override
    public void accepted(Accepted ingestion) {
        ingestions++;
    }

    @Override
    public void dispatched(Dispatch dispatch) {
        firstSlot = dispatches == 0 ? dispatch.slot() : firstSlot;
        lastSlot = dispatch.slot();
        dispatches++;
    }

    long ingestions() {
        return ingestions;
    }

    String dispatches() {
        return dispatches == 0 ? "0" : "%d, slot %d to %d".formatted(dispatches, firstSlot, lastSlot);
    }
}
