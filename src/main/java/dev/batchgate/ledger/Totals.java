package dev.batchgate.ledger;

/** How much was checked. */
final class Totals implements Check {

    private long ingestions;
    private long orders;
    private long dispatches;
    private long firstSlot;
    private long lastSlot;

    @Override
    public void accepted(Accepted ingestion) {
        ingestions++;
    }

    @Override
    public void ordered(Control control) {
        orders++;
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

    long orders() {
        return orders;
    }

    String dispatches() {
        return dispatches == 0 ? "0" : "%d, slot %d to %d".formatted(dispatches, firstSlot, lastSlot);
    }
}
