package dev.batchgate.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** An ingestion of a simulated service, and what has become of it. */
final class SimulatedIngestion {

    static final int BATCH_SIZE = 3;

    final long sequence;
    final List<Unit> units = new ArrayList<>();
    String priority;
    Long finishedAt;
    boolean cancelled;
    boolean expired;
    boolean deleted;
    private final String submitted;
    private final int ids;
    final long createdAt;
    final String owner;

    SimulatedIngestion(long sequence, String priority, int ids, long createdAt, String owner) {
        this.sequence = sequence;
        this.submitted = priority;
        this.priority = priority;
        this.ids = ids;
        this.createdAt = createdAt;
        this.owner = owner;
        for (int first = 0; first < ids; first += BATCH_SIZE) {
            units.add(new Unit(this, units.size(), Math.min(BATCH_SIZE, ids - first)));
        }
    }

    enum State {
        NEW,
        FLYING,
        WAITING,
        ENDED
    }

    /** One batch. */
    static final class Unit {
        final SimulatedIngestion ingestion;
        final int index;

        /** What became of each id; null while it is to be fetched. */
        final String[] ids;

        State state = State.NEW;
        SimulatedRow last;
        long due;
        boolean withdrawn;

        Unit(SimulatedIngestion ingestion, int index, int size) {
            this.ingestion = ingestion;
            this.index = index;
            this.ids = new String[size];
        }

        boolean isEligible(long at) {
            return (state == State.NEW && !ingestion.cancelled) || (state == State.WAITING && due <= at);
        }

        /** Whether it became eligible before this very moment, in which nobody could tell what came first. */
        boolean isCertain(long at) {
            return state == State.NEW || !last.containsKey("ended_ticks") || last.number("ended_ticks") < at;
        }

        /** Whether it waits for a time that was drawn when it came back. */
        boolean hasDrawnWait() {
            return last.containsKey("retry_at") && !last.containsKey("retried");
        }

        boolean has(String status) {
            return Arrays.asList(ids).contains(status);
        }

        void cancelMissing() {
            Arrays.asList(ids).replaceAll(status -> status == null ? "cancelled" : status);
        }

        void end() {
            state = State.ENDED;
            withdrawn = false;
            last.put("batch_status", status());
            last.remove("retried");
        }

        String status() {
            return has("failed") ? "failed" : has("cancelled") ? "cancelled" : "completed";
        }

        private boolean hasEnded() {
            return state == State.ENDED || (state == State.NEW && ingestion.cancelled);
        }
    }

    /** All that could be dispatched at some time: of the new batches only the first. */
    Stream<Unit> candidates() {
        return Stream.concat(
                units.stream().filter(unit -> unit.state != State.NEW),
                units.stream().filter(unit -> unit.state == State.NEW).limit(1));
    }

    boolean isOpen() {
        return finishedAt == null;
    }

    boolean isAskedAgain() {
        return units.stream().anyMatch(unit -> unit.last != null && unit.last.containsKey("retried"));
    }

    boolean canBeCancelled() {
        return units.stream()
                .anyMatch(unit -> (unit.state == State.NEW && !cancelled)
                        || unit.state == State.WAITING
                        || (unit.state == State.FLYING && !unit.withdrawn));
    }

    /** Something has changed that may have ended it, or reopened it. */
    void settle(long micros) {
        boolean ended = units.stream().allMatch(Unit::hasEnded);
        finishedAt = !ended ? null : finishedAt == null ? Long.valueOf(micros) : finishedAt;
    }

    void write(HandMadeStore store) {
        store.insert(
                "ingestion",
                new SimulatedRow()
                        .with("sequence", sequence)
                        .with("id", new byte[] {(byte) sequence, (byte) (sequence >> 8)})
                        .with("priority", submitted)
                        .with("created_at", createdAt)
                        .with("owner", owner)
                        .with("batch_size", BATCH_SIZE)
                        .with("id_bytes", 4)
                        .with("ids", new byte[4 * ids])
                        .with("finished_at", finishedAt)
                        .with("expired", expired ? 1 : 0));
        units.forEach(unit -> writeResults(store, unit));
    }

    private void writeResults(HandMadeStore store, Unit unit) {
        // Of one that has expired, some may have been deleted.
        int kept = expired ? 1 : unit.ids.length;
        for (int place = 0; place < kept; place++) {
            if (unit.ids[place] != null) {
                store.insert(
                        "result",
                        new SimulatedRow()
                                .with("ingestion", sequence)
                                .with("position", unit.index * BATCH_SIZE + place)
                                .with("status", unit.ids[place]));
            }
        }
    }
}
