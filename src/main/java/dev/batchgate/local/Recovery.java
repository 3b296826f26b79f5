package dev.batchgate.local;

import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes over the store from the processes before this one. One thread, before anything else uses the store. */
final class Recovery {

    private static final String OPEN_INGESTIONS = """
            SELECT sequence, id, priority, created_at, batch_size, id_bytes, ids
            FROM ingestion WHERE finished_at IS NULL ORDER BY sequence""";
    private static final String LEDGER = """
            SELECT ingestion, batch, outcome, reason FROM dispatch WHERE slot >= ? ORDER BY slot""";
    private static final String SLOTS = "SELECT coalesce(min(slot), 0), coalesce(max(slot), -1) FROM dispatch";
    private static final String ACCEPTED_BY = "SELECT accepted FROM dispatch WHERE slot = ?";
    private static final String NEWEST_SEQUENCE = "SELECT coalesce(max(sequence), 0) FROM ingestion";
    private static final String NEWEST_CREATED_AT = """
            SELECT coalesce((SELECT created_at FROM ingestion ORDER BY sequence DESC LIMIT 1), 0)""";
    private static final String LAST_DISPATCH = """
            SELECT d.ended_at, d.ended_ticks, r.boot
            FROM dispatch d JOIN run r ON r.run = d.run ORDER BY d.slot DESC LIMIT 1""";
    private static final String LOSE = "UPDATE dispatch SET outcome = 'unknown' WHERE outcome IS NULL";
    private static final String INSERT_RUN = """
            INSERT INTO run (started_at, started_ticks, boot, interval_nanos, max_in_flight)
            VALUES (?, ?, ?, ?, ?) RETURNING run""";

    private static final Logger log = LoggerFactory.getLogger(Recovery.class);

    private final Connection store;
    private final BatchgateProperties properties;
    private final String boot;

    /** When no other process could have the store any more. */
    private final Moment now;

    private Recovery(Connection store, BatchgateProperties properties, String boot, Moment now) {
        this.store = store;
        this.properties = properties;
        this.boot = boot;
        this.now = now;
    }

    static Backlog takeOver(StoreFolder folder, BatchgateProperties properties, Clock clock, Ticker ticker)
            throws SQLException {
        long start = System.nanoTime();
        try (Connection store = folder.connectToWrite()) {
            Backlog backlog = new Recovery(store, properties, ticker.origin(), Moment.now(clock, ticker)).takeOver();
            log.info(
                    "The store in {} holds {} ingestions to go on with, {} batches of which were in flight and go first;"
                            + " read in {} ms",
                    folder,
                    backlog.open().size(),
                    backlog.lost().size(),
                    (System.nanoTime() - start) / 1_000_000);
            return backlog;
        }
    }

    private Backlog takeOver() throws SQLException {
        execute("BEGIN IMMEDIATE");
        long opensAt = now.ticks() + waitForFirstSlot();
        List<Tracked> open = openIngestions();
        List<Backlog.Lost> lost = replay(open);
        long run = begin();
        execute("COMMIT");
        return new Backlog(run, open, lost, number(NEWEST_SEQUENCE), number(NEWEST_CREATED_AT), opensAt);
    }

    /**
     * A whole interval, less what has certainly passed of it since the last dispatch. How much that is, both clocks
     * must agree on: the wall clock may have been set, the monotonic one counts from another moment on another machine.
     * While the last dispatch has no end on record, it may have left as late as when its process ended, which is just
     * before now.
     */
    private long waitForFirstSlot() throws SQLException {
        long interval = properties.interval().toNanos();
        try (Statement statement = store.createStatement();
                ResultSet last = statement.executeQuery(LAST_DISPATCH)) {
            if (!last.next()) {
                return 0;
            }
            long endedTicks = last.getLong("ended_ticks");
            if (last.wasNull() || boot.isEmpty() || !boot.equals(last.getString("boot"))) {
                return interval;
            }
            long byTicks = now.ticks() - endedTicks;
            long byWallClock = 1_000 * (now.micros() - last.getLong("ended_at"));
            long passed = Math.max(0, Math.min(byTicks, byWallClock));
            return Math.max(0, interval - passed);
        }
    }

    private List<Tracked> openIngestions() throws SQLException {
        List<Tracked> open = new ArrayList<>();
        try (Statement statement = store.createStatement();
                ResultSet row = statement.executeQuery(OPEN_INGESTIONS)) {
            while (row.next()) {
                open.add(new Tracked(
                        StoreWriter.uuid(row.getBytes(2)),
                        Priority.valueOf(row.getString(3)),
                        new PackedIds(row.getInt(6), row.getBytes(7)).unpack(),
                        row.getInt(5),
                        row.getLong(4),
                        row.getLong(1)));
            }
        }
        return open;
    }

    /**
     * Brings each open ingestion to where the ledger says that it is; returns the batches whose end it does not tell.
     */
    private List<Backlog.Lost> replay(List<Tracked> open) throws SQLException {
        long[] sequences = open.stream().mapToLong(Tracked::sequence).toArray();
        Set<Backlog.Lost> lost = new LinkedHashSet<>();
        if (open.isEmpty()) {
            return List.of();
        }
        try (PreparedStatement statement = store.prepareStatement(LEDGER)) {
            statement.setLong(1, firstSlotThatKnew(sequences[0]));
            ResultSet row = statement.executeQuery();
            while (row.next()) {
                int found = Arrays.binarySearch(sequences, row.getLong(1));
                if (found < 0) {
                    continue;
                }
                Backlog.Lost dispatched = new Backlog.Lost(open.get(found), row.getInt(2));
                // A repeat goes to the end of the line: what counts is the slot of the last dispatch.
                lost.remove(dispatched);
                if (!ended(dispatched, row.getString(3), row.getString(4))) {
                    lost.add(dispatched);
                }
            }
        }
        return List.copyOf(lost);
    }

    /**
     * The first slot that was given when an ingestion was in the queue already: what is older in the ledger, which may
     * be days of it, tells nothing of it. Found by bisection, since no later slot knew less.
     */
    private long firstSlotThatKnew(long sequence) throws SQLException {
        long from;
        long to;
        try (Statement statement = store.createStatement();
                ResultSet slots = statement.executeQuery(SLOTS)) {
            slots.next();
            from = slots.getLong(1);
            to = slots.getLong(2) + 1;
        }
        try (PreparedStatement statement = store.prepareStatement(ACCEPTED_BY)) {
            while (from < to) {
                long middle = (from + to) / 2;
                statement.setLong(1, middle);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next() && row.getLong(1) >= sequence) {
                        to = middle;
                    } else {
                        from = middle + 1;
                    }
                }
            }
        }
        return from;
    }

    private static boolean ended(Backlog.Lost dispatched, @Nullable String outcome, @Nullable String reason) {
        dispatched.ingestion().replay(dispatched.batch());
        if (outcome == null || outcome.equals(StoreWriter.UNKNOWN)) {
            dispatched.ingestion().loseOutcome(dispatched.batch());
            return false;
        }
        dispatched.ingestion().writeEnd();
        dispatched
                .ingestion()
                .end(
                        dispatched.batch(),
                        reason == null ? new Outcome.Completed(List.of()) : new Outcome.Failed(reason));
        return true;
    }

    private long begin() throws SQLException {
        execute(LOSE);
        try (PreparedStatement insert = store.prepareStatement(INSERT_RUN)) {
            insert.setLong(1, now.micros());
            insert.setLong(2, now.ticks());
            insert.setString(3, boot);
            insert.setLong(4, properties.interval().toNanos());
            insert.setInt(5, properties.maxInFlight());
            try (ResultSet run = insert.executeQuery()) {
                run.next();
                return run.getLong(1);
            }
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = store.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String query) throws SQLException {
        try (Statement statement = store.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }
}
