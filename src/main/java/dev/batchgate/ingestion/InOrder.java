package dev.batchgate.ingestion;

import java.util.BitSet;

/** The first lane goes before the second, that before the third, and so on. */
final class InOrder implements Rehearsal.Order {

    private final BitSet busy = new BitSet();

    @Override
    public void enter(int lane) {
        busy.set(lane);
    }

    @Override
    public void leave(int lane) {
        busy.clear(lane);
    }

    @Override
    public boolean isEmpty() {
        return busy.isEmpty();
    }

    @Override
    public int[] round(long time) {
        return new int[] {busy.nextSetBit(0)};
    }

    @Override
    public long changesAt() {
        return Long.MAX_VALUE;
    }

    @Override
    public void went(int lane, long dispatch) {
        // Who went last does not matter.
    }
}
