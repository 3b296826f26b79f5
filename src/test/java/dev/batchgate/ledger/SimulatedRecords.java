package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Micros;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a simulated service has recorded, as long as it is not deleted. */
final class SimulatedRecords {

    final List<SimulatedIngestion> ingestions = new ArrayList<>();
    private final List<SimulatedRow> runs = new ArrayList<>();
    private final List<SimulatedRow> controls = new ArrayList<>();
    private final List<SimulatedRow> dispatches = new ArrayList<>();

    /** Whether replicas wrote them. */
    boolean shared;

    private long slots;
    private long orders;

    SimulatedRow run(long run, Fairness fairness) {
        SimulatedRow row = new SimulatedRow()
                .with("run", run)
                .with("boot", shared ? "database" : "boot")
                .with("keeps_results", 1)
                .with("fair_share", fairness.takesTurns() ? 1 : 0)
                .with("aging_micros", fairness.aging() == null ? null : Micros.of(fairness.aging()));
        runs.add(row);
        return row;
    }

    SimulatedRow dispatch(SimulatedIngestion.Unit unit) {
        SimulatedRow row = new SimulatedRow()
                .with("slot", ++slots)
                .with("accepted", ingestions.size())
                .with("ingestion", unit.ingestion.sequence)
                .with("priority", unit.ingestion.priority)
                .with("batch", unit.index)
                .with("batches", unit.ingestion.units.size())
                .with("attempt", unit.last == null ? 1 : unit.last.number("attempt") + 1);
        dispatches.add(row);
        return row;
    }

    SimulatedRow order(String kind, SimulatedIngestion ingestion) {
        SimulatedRow row = new SimulatedRow()
                .with("control", ++orders)
                .with("after_slot", slots)
                .with("accepted", ingestions.size())
                .with("kind", kind);
        controls.add(ingestion == null ? row : row.with("ingestion", ingestion.sequence));
        return row;
    }

    /** Whether it is there still. */
    boolean hasRun(long run) {
        return runs.stream().anyMatch(row -> row.number("run") == run);
    }

    /** The last slot of each that took turns, of those that are there still. */
    Map<Fairness.Turn, Long> turns() {
        Map<Fairness.Turn, Long> turns = new HashMap<>();
        dispatches.stream().filter(row -> row.containsKey("turn")).forEach(row -> {
            String owner = (String) row.get("owner");
            turns.put(new Fairness.Turn((int) row.number("turn"), owner == null ? "" : owner), row.number("slot"));
        });
        return turns;
    }

    boolean areEmpty() {
        return dispatches.isEmpty();
    }

    SimulatedRow lastDispatch() {
        return dispatches.get(dispatches.size() - 1);
    }

    /** Until when the upstream closed the gate, in microseconds since 1970; the greatest of all that it has answered. */
    long lastHold() {
        return dispatches.stream()
                .filter(row -> row.containsKey("hold_until"))
                .mapToLong(row -> row.number("hold_until"))
                .max()
                .orElse(0);
    }

    /** How long the upstream closed the gate for, of all that it has answered; the greatest. */
    long longestHold(long runStartedAt) {
        return dispatches.stream()
                .filter(row -> row.containsKey("hold_until"))
                .mapToLong(row -> left(row, "hold_until", runStartedAt))
                .max()
                .orElse(0);
    }

    /** Nanoseconds that are left at the start of a run of what was to be waited for after a dispatch. */
    static long left(SimulatedRow row, String until, long runStartedAt) {
        long length = row.number(until) - row.number("ended_at");
        return 1_000 * Math.max(0, Math.min(length, row.number(until) - runStartedAt));
    }

    /** Deletes what ended before some moment, each in two steps, and cuts the ledger. */
    void forget(long before, long now) {
        ingestions.stream()
                .filter(ingestion -> ingestion.sequence < ingestions.size())
                .filter(ingestion -> !ingestion.isOpen() && ingestion.finishedAt < before)
                .forEach(ingestion -> {
                    ingestion.deleted = ingestion.expired;
                    ingestion.expired = true;
                });
        boolean cut = false;
        while (dispatches.size() > 1 && isForgotten(dispatches.get(0), now)) {
            dispatches.remove(0);
            cut = true;
        }
        if (cut) {
            SimulatedRow first = dispatches.get(0);
            runs.removeIf(row -> shared ? hasNoDispatch(row) : row.number("run") < first.number("run"));
            SimulatedRow gate = controls.stream()
                    .filter(row -> !row.containsKey("ingestion"))
                    .reduce((one, other) -> other)
                    .orElse(null);
            controls.removeIf(row -> row.number("after_slot") < first.number("slot")
                    && row.number("control") < orders
                    && !row.equals(gate)
                    && (!row.containsKey("ingestion") || isDeleted(row)));
        }
    }

    private boolean hasNoDispatch(SimulatedRow run) {
        return dispatches.stream().noneMatch(row -> row.number("run") == run.number("run"));
    }

    private boolean isForgotten(SimulatedRow row, long now) {
        boolean holds = row.containsKey("hold_until") && row.number("hold_until") > now;
        return isDeleted(row) && !holds;
    }

    private boolean isDeleted(SimulatedRow row) {
        return ingestions.get((int) row.number("ingestion") - 1).deleted;
    }

    void write(HandMadeStore store) {
        runs.forEach(row -> store.insert("run", row));
        controls.forEach(row -> store.insert("control", row));
        dispatches.forEach(row -> store.insert("dispatch", row));
        ingestions.stream().filter(ingestion -> !ingestion.deleted).forEach(ingestion -> ingestion.write(store));
    }
}
