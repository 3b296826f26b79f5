package dev.batchgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ledger.SimulatedIngestion.State;
import dev.batchgate.ledger.SimulatedIngestion.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * What an honest service writes, found by brute force: for each slot it looks at every batch that there is. Nothing
 * happens by itself; time stands still unless it is told to pass or a slot is waited for.
 */
class SimulatedService {

    static final long START_MICROS = 1_767_225_600_000_000L;

    private static final long NEVER = Long.MIN_VALUE / 2;

    final SimulatedRecords records;
    final List<Unit> flying = new ArrayList<>();

    /** Who is given a slot, of all that could be, most urgent first; the first, unless a test wants a dishonest one. */
    UnaryOperator<List<Unit>> favour = all -> all;

    long now = Duration.ofDays(1).toNanos();

    /** When the last batch left, as far as is known. */
    long leftAt = NEVER;

    long closedUntil;
    long run;
    long interval;
    int maxInFlight;
    Fairness fairness = Fairness.STRICT;

    /** What its process remembers, also of what is deleted. */
    private Map<Fairness.Turn, Long> turns = new HashMap<>();

    private long wallError;
    private long newestCreatedAt;
    private boolean paused;

    SimulatedService(Duration interval, int maxInFlight) {
        this(interval, maxInFlight, Fairness.STRICT);
    }

    SimulatedService(Duration interval, int maxInFlight, Fairness fairness) {
        this.records = new SimulatedRecords();
        start(interval, maxInFlight, fairness);
    }

    SimulatedService(SimulatedRecords records) {
        this.records = records;
    }

    /** To whom others leave what they have recorded. */
    SimulatedService(SimulatedService before) {
        this.records = before.records;
        this.newestCreatedAt = before.newestCreatedAt;
        this.paused = before.paused;
        this.run = before.run;
        this.fairness = before.fairness;
    }

    private void start(Duration newInterval, int newMaxInFlight, Fairness newFairness) {
        interval = newInterval.toNanos();
        maxInFlight = newMaxInFlight;
        fairness = newFairness;
        turns = records.turns();
        leftAt = records.areEmpty() ? NEVER : now;
        records.run(++run, fairness)
                .with("started_at", micros())
                .with("started_ticks", now)
                .with("interval_nanos", interval)
                .with("max_in_flight", maxInFlight);
    }

    long now() {
        return now;
    }

    /** Since 1970. */
    long micros() {
        return START_MICROS + now / 1_000 + wallError;
    }

    void pass(Duration time) {
        now += time.toNanos();
    }

    void setWallClockWrongBy(Duration error) {
        wallError = error.toNanos() / 1_000;
    }

    SimulatedIngestion submit(String priority, int ids) {
        return submit(priority, ids, null);
    }

    /** @param owner name of the key; null if there is none */
    SimulatedIngestion submit(String priority, int ids, String owner) {
        newestCreatedAt = Math.max(newestCreatedAt, micros());
        SimulatedIngestion ingestion =
                new SimulatedIngestion(records.ingestions.size() + 1, priority, ids, newestCreatedAt, owner);
        records.ingestions.add(ingestion);
        return ingestion;
    }

    /** Waits for a slot and gives it away; null where that cannot be, or there is nobody who wants it. */
    Unit take() {
        if (paused || flying.size() >= maxInFlight) {
            return null;
        }
        now = Math.max(now, Math.max(leftAt + interval, closedUntil));
        List<Unit> eligible = records.ingestions.stream()
                .filter(ingestion -> !ingestion.deleted)
                .flatMap(SimulatedIngestion::candidates)
                .filter(unit -> unit.isEligible(now))
                .sorted(mostUrgentFirst(turns()))
                .toList();
        if (eligible.isEmpty()) {
            return null;
        }
        Unit unit = favour.apply(eligible).get(0);
        unit.last = records.dispatch(unit)
                .with("run", run())
                .with("started_at", micros())
                .with("started_ticks", now);
        recordFairness(unit);
        unit.state = State.FLYING;
        flying.add(unit);
        leftAt = now;
        return unit;
    }

    private Comparator<Unit> mostUrgentFirst(Map<Fairness.Turn, Long> last) {
        return Comparator.<Unit>comparingInt(unit -> turn(unit).rank())
                .thenComparingLong(unit -> last.getOrDefault(turn(unit), 0L))
                .thenComparingLong(unit -> unit.ingestion.sequence)
                .thenComparingInt(unit -> unit.index);
    }

    private Fairness.Turn turn(Unit unit) {
        SimulatedIngestion ingestion = unit.ingestion;
        Priority priority = Priority.valueOf(ingestion.priority);
        return fairness.turn(fairness.rank(priority, ingestion.createdAt, micros()), ingestion.owner);
    }

    private void recordFairness(Unit unit) {
        if (!fairness.isStrict()) {
            unit.last.with("owner", unit.ingestion.owner).with("created_at", unit.ingestion.createdAt);
        }
        if (fairness.takesTurns()) {
            unit.last.put("turn", turn(unit).rank());
            turns.put(turn(unit), unit.last.number("slot"));
        }
    }

    /** The last slots of whoever takes turns, as far as whoever gives the next one knows of them. */
    Map<Fairness.Turn, Long> turns() {
        return turns;
    }

    /** Of who takes it. */
    long run() {
        return run;
    }

    /** The same, where it is known to whom it goes. */
    Unit take(SimulatedIngestion ingestion, int batch) {
        Unit unit = take();
        assertThat(unit).isSameAs(ingestion.units.get(batch));
        return unit;
    }

    /**
     * Ends a dispatch.
     *
     * @param outcomes what each missing id came to; null if it is to be asked for again, unless it was cancelled
     * @param wait before it is dispatched again
     * @param hold how long the upstream closes the gate; zero if it does not
     */
    void finish(Unit unit, List<String> outcomes, Duration wait, Duration hold) {
        int next = 0;
        for (int i = 0; i < unit.ids.length; i++) {
            if (unit.ids[i] == null) {
                unit.ids[i] = outcomes.get(next++ % outcomes.size());
            }
        }
        boolean missed = unit.has(null);
        if (unit.withdrawn) {
            unit.cancelMissing();
        }
        unit.last.putIfAbsent("departed_ticks", unit.last.get("started_ticks"));
        SimulatedRow row = unit.last.with("ended_at", micros()).with("ended_ticks", now);
        flying.remove(unit);
        if (!hold.isZero()) {
            row.with("hold_until", micros() + hold.toNanos() / 1_000).with("hold_ticks", now + hold.toNanos());
            closedUntil = Math.max(closedUntil, now + hold.toNanos());
        }
        if (unit.has(null)) {
            boolean unreachable = wait.isZero() && !outcomes.contains("failed");
            unit.due = now + wait.toNanos();
            row.with("outcome", unreachable ? "unreachable" : "incomplete")
                    .with("retry_at", micros() + wait.toNanos() / 1_000)
                    .with("retry_ticks", unit.due);
            unit.state = State.WAITING;
            return;
        }
        row.put("outcome", missed || unit.status().equals("cancelled") ? "incomplete" : unit.status());
        unit.end();
        unit.ingestion.settle(micros());
    }

    void complete(Unit unit) {
        finish(unit, List.of("completed"), Duration.ZERO, Duration.ZERO);
    }

    void fail(Unit unit) {
        finish(unit, List.of("failed"), Duration.ZERO, Duration.ZERO);
    }

    /** All that was missing is missing still. */
    void miss(Unit unit, Duration wait) {
        finish(unit, Collections.singletonList(null), wait, Duration.ZERO);
    }

    private SimulatedRow order(String kind, SimulatedIngestion ingestion) {
        return records.order(kind, ingestion).with("ordered_at", micros());
    }

    void pause() {
        if (!paused) {
            order("pause", null);
            paused = true;
        }
    }

    void resume() {
        if (paused) {
            order("resume", null);
            paused = false;
        }
    }

    void move(SimulatedIngestion ingestion, String to) {
        if (ingestion.isOpen() && !ingestion.priority.equals(to)) {
            order("move", ingestion).with("before", ingestion.priority).with("priority", to);
            ingestion.priority = to;
        }
    }

    void cancel(SimulatedIngestion ingestion) {
        if (!ingestion.canBeCancelled()) {
            return;
        }
        order("cancel", ingestion);
        ingestion.cancelled = true;
        for (Unit unit : ingestion.units) {
            unit.withdrawn = unit.state == State.FLYING;
            if (unit.state == State.WAITING) {
                unit.cancelMissing();
                unit.end();
            }
        }
        ingestion.settle(micros());
    }

    void retry(SimulatedIngestion ingestion) {
        List<Unit> failed = ingestion.units.stream()
                .filter(unit -> unit.state == State.ENDED && unit.has("failed"))
                .toList();
        if (failed.isEmpty() || ingestion.expired) {
            return;
        }
        Object control = order("retry", ingestion).get("control");
        for (Unit unit : failed) {
            Arrays.asList(unit.ids).replaceAll(status -> "failed".equals(status) ? null : status);
            unit.last.put("retried", control);
            unit.state = State.WAITING;
            unit.due = now;
        }
        ingestion.settle(micros());
    }

    /** The process is killed, and another one takes over. */
    final void restart(Duration newInterval, int newMaxInFlight) {
        restart(newInterval, newMaxInFlight, fairness);
    }

    /** The same, and slots are given otherwise from then on. */
    void restart(Duration newInterval, int newMaxInFlight, Fairness newFairness) {
        start(newInterval, newMaxInFlight, newFairness);
        closedUntil = now + records.longestHold(micros());
        List.copyOf(flying).forEach(this::lose);
        waiting().forEach(this::goOnWaiting);
    }

    /** How it ends is hidden by the end of its process. */
    void lose(Unit unit) {
        flying.remove(unit);
        unit.last.put("outcome", "unknown");
        unit.state = State.WAITING;
        unit.due = now;
        if (unit.withdrawn) {
            unit.cancelMissing();
            unit.end();
            unit.ingestion.settle(micros());
        }
    }

    Stream<Unit> waiting() {
        return records.ingestions.stream()
                .flatMap(ingestion -> ingestion.units.stream())
                .filter(unit -> unit.state == State.WAITING);
    }

    private void goOnWaiting(Unit unit) {
        unit.due = now + (unit.hasDrawnWait() ? SimulatedRecords.left(unit.last, "retry_at", micros()) : 0);
    }

    /** Deletes what ended that long ago. */
    void forget(Duration retention) {
        records.forget(micros() - retention.toNanos() / 1_000, micros());
    }

    /** Leaves all of it in a store. */
    void write(HandMadeStore store) {
        records.write(store);
    }
}
