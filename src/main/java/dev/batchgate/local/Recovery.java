package dev.batchgate.local;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Micros;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over the store from the processes before this one. One thread, before anything else uses the store. */
final class Recovery {

    private static final String OPEN_INGESTIONS = """
            SELECT sequence, id, priority, created_at, batch_size, id_bytes, ids, owner
            FROM ingestion WHERE finished_at IS NULL ORDER BY sequence""";
    private static final String ORDERS =
            "SELECT ingestion, " + Replay.ORDER_COLUMNS + " FROM control WHERE ingestion IS NOT NULL ORDER BY control";
    private static final String LEDGER =
            "SELECT " + Replay.DISPATCH_COLUMNS + ", ingestion FROM dispatch WHERE slot >= ? ORDER BY slot";
    private static final String SLOTS = "SELECT coalesce(min(slot), 0), coalesce(max(slot), -1) FROM dispatch";
    private static final String ACCEPTED_BY = "SELECT accepted FROM dispatch WHERE slot = ?";
    private static final String NEWEST_SEQUENCE = "SELECT coalesce(max(sequence), 0) FROM ingestion";
    private static final String NEWEST_CREATED_AT = """
            SELECT coalesce((SELECT created_at FROM ingestion ORDER BY sequence DESC LIMIT 1), 0)""";
    private static final String LAST_DISPATCH = """
            SELECT d.ended_at, d.started_ticks, d.ended_ticks, r.boot
            FROM dispatch d JOIN run r ON r.run = d.run ORDER BY d.slot DESC LIMIT 1""";

    /** Microseconds, what is left of all that closed the gate. */
    private static final String CLOSED = """
            SELECT coalesce(max(hold_micros), 0) FROM dispatch WHERE hold_until > ?""";

    /** Taken over by this start's clock: one that was ahead when it was written must not close the gate each time. */
    private static final String TAKE_OVER_HOLDS = """
            UPDATE dispatch SET hold_until = ?1 + min(hold_until - ?1, hold_micros),
              hold_micros = min(hold_until - ?1, hold_micros)
            WHERE hold_until > ?1""";

    private static final String PAUSED = """
            SELECT count(*) FROM control
            WHERE control = (SELECT max(control) FROM control WHERE kind IN ('pause', 'resume')) AND kind = 'pause'""";
    private static final String FETCHES = """
            SELECT max(0, ended_ticks - departed_ticks) FROM dispatch
            WHERE outcome = 'completed' AND slot > (SELECT max(slot) FROM dispatch) - 100 ORDER BY slot""";
    /** A backup, on which nobody has started yet, says so in the header of its file. */
    private static final String IS_COPY = "PRAGMA user_version";

    private static final String IS_NO_COPY_ANY_MORE = "PRAGMA user_version = 0";

    private static final String LOSE = "UPDATE dispatch SET outcome = 'unknown' WHERE outcome IS NULL";
    /** Whoever was sending has ended with its process. */
    private static final String RELEASE_DELIVERIES =
            "UPDATE delivery SET lease_until = NULL WHERE state = 'pending' AND lease_until IS NOT NULL";

    private static final String INSERT_RUN = """
            INSERT INTO run (started_at, started_ticks, boot, interval_nanos, max_in_flight, fair_share, aging_micros, keeps_results)
            VALUES (?, ?, ?, ?, ?, ?, ?, 1) RETURNING run""";
    private static final String TURNS = """
            SELECT turn, coalesce(owner, ''), max(slot) FROM dispatch WHERE turn IS NOT NULL GROUP BY turn, owner""";

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final StoreWriter store;
    private final BatchgateProperties properties;
    private final String boot;

    /** When no other process could have the store any more. */
    private final Moment now;

    private Recovery(StoreWriter store, BatchgateProperties properties, String boot, Moment now) {
        this.store = store;
        this.properties = properties;
        this.boot = boot;
        this.now = now;
    }

    static Backlog takeOver(StoreFolder folder, BatchgateProperties properties, Clock clock, Ticker ticker)
            throws SQLException {
        long start = System.nanoTime();
        try (StoreWriter store = new StoreWriter(folder)) {
            Backlog backlog = new Recovery(store, properties, ticker.origin(), Moment.now(clock, ticker)).takeOver();
            log.info(
                    "The store in {} holds {} ingestions to go on with{}; read in {} ms",
                    folder,
                    backlog.open().size(),
                    backlog.paused() ? ", and the gate is paused" : "",
                    (System.nanoTime() - start) / 1_000_000);
            return backlog;
        }
    }

    private Backlog takeOver() throws SQLException {
        store.begin();
        long opensAt = now.ticks() + waitForFirstSlot();
        store.update(IS_NO_COPY_ANY_MORE);
        store.update(TAKE_OVER_HOLDS, now.micros());
        long closedUntil = now.ticks() + 1_000 * store.number(CLOSED, now.micros());
        List<Tracked> open = openIngestions();
        replay(open);
        store.update(LOSE);
        store.update(RELEASE_DELIVERIES);
        Duration aging = properties.aging();
        long run = store.number(
                INSERT_RUN,
                now.micros(),
                now.ticks(),
                boot,
                properties.interval().toNanos(),
                properties.maxInFlight(),
                properties.fairShare(),
                aging == null ? null : Micros.of(aging));
        Backlog backlog = new Backlog(
                run,
                open,
                store.number(NEWEST_SEQUENCE),
                store.number(NEWEST_CREATED_AT),
                opensAt,
                closedUntil,
                fetches(),
                turns(),
                store.number(PAUSED) > 0);
        store.commit();
        return backlog;
    }

    /**
     * A whole interval, less what has certainly passed of it since the last dispatch. How much that is, both clocks
     * must agree on: the wall clock may have been set, the monotonic one counts from another moment on another machine.
     * While the last dispatch has no end on record, it may have left as late as when its process ended, which is just
     * before now, or would have when its slot opens, for which it had just been chosen; and what was dispatched after a backup, that
     * backup tells nothing of.
     */
    private long waitForFirstSlot() throws SQLException {
        long interval = properties.interval().toNanos();
        if (store.number(IS_COPY) != 0) {
            return interval;
        }
        try (ResultSet last = store.query(LAST_DISPATCH)) {
            if (!last.next()) {
                return 0;
            }
            boolean sameClock = !boot.isEmpty() && boot.equals(last.getString("boot"));
            long untilItsSlot = sameClock ? last.getLong("started_ticks") - now.ticks() : 0;
            long endedTicks = last.getLong("ended_ticks");
            if (last.wasNull() || !sameClock) {
                return Math.min(Math.max(0, untilItsSlot), Gate.AHEAD.toNanos()) + interval;
            }
            long byTicks = now.ticks() - endedTicks;
            long byWallClock = 1_000 * (now.micros() - last.getLong("ended_at"));
            long passed = Math.max(0, Math.min(byTicks, byWallClock));
            return Math.max(0, interval - passed);
        }
    }

    private List<Long> fetches() throws SQLException {
        List<Long> nanos = new ArrayList<>();
        try (ResultSet row = store.query(FETCHES)) {
            while (row.next()) {
                nanos.add(row.getLong(1));
            }
        }
        return nanos;
    }

    private Map<Fairness.Turn, Long> turns() throws SQLException {
        Map<Fairness.Turn, Long> turns = new HashMap<>();
        try (ResultSet row = store.query(TURNS)) {
            while (row.next()) {
                turns.put(new Fairness.Turn(row.getInt(1), row.getString(2)), row.getLong(3));
            }
        }
        return turns;
    }

    private List<Tracked> openIngestions() throws SQLException {
        List<Tracked> open = new ArrayList<>();
        try (ResultSet row = store.query(OPEN_INGESTIONS)) {
            while (row.next()) {
                open.add(Replay.ingestion(row));
            }
        }
        return open;
    }

    /** Brings each open ingestion to where the store says that it is; takes out those that have ended with that. */
    private void replay(List<Tracked> open) throws SQLException {
        if (open.isEmpty()) {
            return;
        }
        long[] sequences = open.stream().mapToLong(Tracked::sequence).toArray();
        Replay replay = new Replay(now);
        try (ResultSet row = store.query(ORDERS)) {
            while (row.next()) {
                int found = Arrays.binarySearch(sequences, row.getLong("ingestion"));
                if (found >= 0) {
                    replay.order(open.get(found), row);
                }
            }
        }
        try (ResultSet row = store.query(LEDGER, firstSlotThatKnew(sequences[0]))) {
            while (row.next()) {
                int found = Arrays.binarySearch(sequences, row.getLong("ingestion"));
                if (found >= 0) {
                    replay.dispatch(open.get(found), row);
                }
            }
        }
        for (Tracked ingestion : open) {
            Replay.complete(store.connection(), ingestion);
        }
        for (Replay.Withdrawn withdrawn : replay.withdrawn()) {
            end(withdrawn);
        }
        open.removeIf(ingestion -> ingestion.hasEnded(0));
    }

    /** What was cancelled in flight is not to be dispatched again, though nobody knows what became of it. */
    private void end(Replay.Withdrawn withdrawn) throws SQLException {
        Tracked ingestion = withdrawn.ingestion();
        for (Retry retry : ingestion.retries()) {
            if (retry.batch() == withdrawn.batch()) {
                Cancelled.write(store, ingestion, retry, now);
                Cancelled.apply(ingestion, retry, now);
            }
        }
        if (ingestion.hasEnded(0)) {
            store.finish(ingestion.sequence(), now);
        }
    }

    /**
     * The first slot that was given when an ingestion was in the queue already: what is older in the ledger, which may
     * be days of it, tells nothing of it. Found by bisection, since no later slot knew less.
     */
    private long firstSlotThatKnew(long sequence) throws SQLException {
        long from;
        long to;
        try (ResultSet slots = store.query(SLOTS)) {
            slots.next();
            from = slots.getLong(1);
            to = slots.getLong(2) + 1;
        }
        while (from < to) {
            long middle = (from + to) / 2;
            try (ResultSet row = store.query(ACCEPTED_BY, middle)) {
                if (row.next() && row.getLong(1) >= sequence) {
                    to = middle;
                } else {
                    from = middle + 1;
                }
            }
        }
        return from;
    }
}
