package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ledger.SimulatedIngestion.State;
import dev.batchgate.ledger.SimulatedIngestion.Unit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What honest replicas write side by side, on the clock of their database. One of them is at work at a time; a test says
 * which.
 */
final class SimulatedReplicas extends SimulatedService {

    final List<Replica> replicas = new ArrayList<>();
    private Replica atWork;

    /** One process. */
    static final class Replica {
        private final long interval;
        private final int maxInFlight;
        private final Fairness fairness;

        /** Its number; 0 before its first dispatch. */
        private long run;

        private Replica(Duration interval, int maxInFlight, Fairness fairness) {
            this.interval = interval.toNanos();
            this.maxInFlight = maxInFlight;
            this.fairness = fairness;
        }
    }

    /** With nothing before them. */
    SimulatedReplicas(Duration interval, int maxInFlight) {
        this(interval, maxInFlight, Fairness.STRICT);
    }

    SimulatedReplicas(Duration interval, int maxInFlight, Fairness fairness) {
        super(new SimulatedRecords());
        begin(interval, maxInFlight, fairness);
    }

    /** They take over what an embedded store holds, whose process has ended. */
    SimulatedReplicas(SimulatedService embedded, Duration interval, int maxInFlight) {
        super(embedded);
        now = embedded.now;
        begin(interval, maxInFlight, embedded.fairness);
        embedded.flying.forEach(this::loseEmbedded);
        if (!records.areEmpty()) {
            // Everything departs in the moment in which it starts there.
            leftAt = 1_000 * records.lastDispatch().number("started_at");
            closedUntil = 1_000 * records.lastHold();
        }
        waiting().forEach(unit -> unit.due = unit.hasDrawnWait() ? 1_000 * unit.last.number("retry_at") : now);
    }

    private void begin(Duration interval, int maxInFlight, Fairness fairness) {
        records.shared = true;
        now += 1_000 * START_MICROS;
        join(interval, maxInFlight, fairness);
    }

    private void loseEmbedded(Unit unit) {
        super.lose(unit);
    }

    /** Another one starts, and is at work. */
    Replica join(Duration newInterval, int newMaxInFlight) {
        return join(newInterval, newMaxInFlight, fairness);
    }

    /** The same, with settings of its own. */
    Replica join(Duration newInterval, int newMaxInFlight, Fairness newFairness) {
        Replica replica = new Replica(newInterval, newMaxInFlight, newFairness);
        replicas.add(replica);
        turnTo(replica);
        return replica;
    }

    void turnTo(Replica replica) {
        atWork = replica;
        interval = replica.interval;
        maxInFlight = replica.maxInFlight;
        fairness = replica.fairness;
    }

    /** They know of no more than what they can read. */
    @Override
    Map<Fairness.Turn, Long> turns() {
        return records.turns();
    }

    @Override
    long micros() {
        return now / 1_000;
    }

    /** It is on record from its first dispatch on, as long as it has any. */
    @Override
    long run() {
        if (!records.hasRun(atWork.run)) {
            atWork.run = ++run;
            records.run(run, fairness)
                    .with("started_at", micros())
                    .with("started_ticks", now)
                    .with("interval_nanos", interval)
                    .with("max_in_flight", maxInFlight);
        }
        return atWork.run;
    }

    /** The last request of a batch is on its way only now; nothing else has happened since its slot was given. */
    void departLate(Unit unit, Duration after) {
        pass(after);
        unit.last.put("departed_ticks", now);
        leftAt = now;
    }

    /** The lease of its replica has run out, and another one has noticed. */
    @Override
    void lose(Unit unit) {
        unit.last.with("ended_at", micros()).with("ended_ticks", now);
        super.lose(unit);
    }

    /** Its replica was held up and sent nothing of it, or never heard that it had it. */
    void unsend(Unit unit, Duration wait) {
        flying.remove(unit);
        unit.last.with("outcome", "unsent").with("ended_at", micros()).with("ended_ticks", now);
        if (unit.withdrawn) {
            unit.cancelMissing();
            unit.end();
            unit.ingestion.settle(micros());
            return;
        }
        unit.state = State.WAITING;
        unit.due = now + wait.toNanos();
        unit.last.with("retry_at", unit.due / 1_000).with("retry_ticks", unit.due);
    }

    /** All replicas are gone; what they had in flight is noticed at once by the one that follows. */
    @Override
    void restart(Duration newInterval, int newMaxInFlight, Fairness newFairness) {
        List.copyOf(flying).forEach(this::lose);
        replicas.clear();
        join(newInterval, newMaxInFlight, newFairness);
    }

    @Override
    void setWallClockWrongBy(Duration error) {
        throw new UnsupportedOperationException("There is one clock, and it is right.");
    }
}
