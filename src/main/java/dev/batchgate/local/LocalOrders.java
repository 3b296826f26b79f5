package dev.batchgate.local;

import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.NothingFailed;
import dev.batchgate.ingestion.Orders;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Orders about one process's queue. Each is a change of the journal by itself, so that a dispatch or an end comes either
 * before or after it, in the store and here.
 *
 * <p>Any thread gives orders; they are carried out by the journal's.
 */
final class LocalOrders implements Orders {

    private final LocalQueue queue;
    private final Line line;
    private final Gate gate;
    private final ConcurrentHashMap<UUID, Tracked> statuses;
    private final Journal journal;
    private final Clock clock;
    private final Ticker ticker;

    LocalOrders(
            LocalQueue queue,
            Line line,
            Gate gate,
            ConcurrentHashMap<UUID, Tracked> statuses,
            Journal journal,
            Clock clock,
            Ticker ticker) {
        this.queue = queue;
        this.line = line;
        this.gate = gate;
        this.statuses = statuses;
        this.journal = journal;
        this.clock = clock;
        this.ticker = ticker;
    }

    /** An order with a moment at which it was carried out. */
    private abstract class Order implements Change<Boolean> {

        private Moment at = new Moment(0, 0);
        private boolean changes;

        @Override
        public final boolean needsAllBefore() {
            return true;
        }

        /** Returns whether there was anything to change. */
        @Override
        public final Boolean write(StoreWriter store) throws SQLException {
            at = Moment.now(clock, ticker);
            changes = writeAt(store, at);
            return changes;
        }

        @Override
        public final void committed() {
            if (changes) {
                apply(at);
            }
        }

        abstract boolean writeAt(StoreWriter store, Moment now) throws SQLException;

        abstract void apply(Moment now);
    }

    @Override
    public Optional<Ingestion> cancel(UUID ingestionId) {
        Tracked open = statuses.get(ingestionId);
        if (open != null) {
            journal.perform(new Cancellation(open));
        }
        return queue.find(ingestionId);
    }

    private final class Cancellation extends Order {

        private final Tracked ingestion;

        Cancellation(Tracked ingestion) {
            this.ingestion = ingestion;
        }

        @Override
        boolean writeAt(StoreWriter store, Moment now) throws SQLException {
            if (!ingestion.canBeCancelled()) {
                return false;
            }
            store.order("cancel", ingestion.sequence(), null, null, now);
            for (Retry retry : ingestion.retries()) {
                Cancelled.write(store, ingestion, retry);
            }
            if (ingestion.endsWhenCancelled()) {
                store.finish(ingestion.sequence(), now);
            }
            return true;
        }

        @Override
        void apply(Moment now) {
            line.change(ingestion, () -> {
                ingestion.retries().forEach(retry -> Cancelled.apply(ingestion, retry, now));
                ingestion.cancelled(now.micros());
            });
            if (ingestion.hasEnded(0)) {
                statuses.remove(ingestion.id());
            }
        }
    }

    @Override
    public Optional<Ingestion> move(UUID ingestionId, Priority priority) {
        Tracked open = statuses.get(ingestionId);
        if (open != null) {
            journal.perform(new Move(open, priority));
        }
        return queue.find(ingestionId);
    }

    private final class Move extends Order {

        private final Tracked ingestion;
        private final Priority to;

        Move(Tracked ingestion, Priority to) {
            this.ingestion = ingestion;
            this.to = to;
        }

        @Override
        boolean writeAt(StoreWriter store, Moment now) throws SQLException {
            if (ingestion.hasEnded(0) || ingestion.priority() == to) {
                return false;
            }
            store.order("move", ingestion.sequence(), to, ingestion.priority(), now);
            return true;
        }

        @Override
        void apply(Moment now) {
            line.change(ingestion, () -> ingestion.move(to));
        }
    }

    @Override
    public Optional<Ingestion> retry(UUID ingestionId) {
        journal.perform(new Retrial(ingestionId));
        return queue.find(ingestionId);
    }

    /** Reopens an ingestion, which may be in the store alone. */
    private final class Retrial extends Order {

        private static final String MARK = """
                UPDATE dispatch SET retried = ?
                WHERE slot = (SELECT max(slot) FROM dispatch WHERE ingestion = ? AND batch = ?)""";
        private static final String FORGET = """
                DELETE FROM result WHERE ingestion = ? AND position = ?""";
        private static final String REOPEN = "UPDATE ingestion SET finished_at = NULL WHERE sequence = ?";

        private final UUID ingestionId;
        private final List<Retry> retries = new ArrayList<>();
        private int reserved;
        private @Nullable Tracked ingestion;

        Retrial(UUID ingestionId) {
            this.ingestionId = ingestionId;
        }

        @Override
        boolean writeAt(StoreWriter store, Moment now) throws SQLException {
            Tracked open = statuses.get(ingestionId);
            Tracked known = open != null
                    ? open
                    : Replay.load(store.connection(), ingestionId).orElse(null);
            if (known == null) {
                return false;
            }
            List<Integer> failed = known.failed();
            if (failed.isEmpty()) {
                throw new NothingFailed(ingestionId);
            }
            queue.reserve(failed.size());
            reserved = failed.size();
            long control = store.order("retry", known.sequence(), null, null, now);
            for (int batch : failed) {
                Retry retry = Replay.failedIds(store.connection(), known, batch, now);
                for (int place : retry.places()) {
                    store.update(FORGET, known.sequence(), batch * known.batchSize() + place);
                }
                store.update(MARK, control, known.sequence(), batch);
                retries.add(retry);
            }
            store.update(REOPEN, known.sequence());
            ingestion = known;
            return true;
        }

        @Override
        void apply(Moment now) {
            Tracked reopened = Objects.requireNonNull(ingestion);
            statuses.put(ingestionId, reopened);
            line.reenter(reopened, retries);
        }

        @Override
        public void rolledBack() {
            line.release(reserved);
            reserved = 0;
            retries.clear();
        }
    }

    @Override
    public QueueState pause() {
        journal.perform(new Pause());
        return queue.state();
    }

    private final class Pause extends Order {

        @Override
        boolean writeAt(StoreWriter store, Moment now) throws SQLException {
            if (gate.isPaused()) {
                return false;
            }
            store.order("pause", null, null, null, now);
            return true;
        }

        @Override
        void apply(Moment now) {
            gate.pause();
        }
    }

    @Override
    public QueueState resume() {
        journal.perform(new Resumption());
        return queue.state();
    }

    private final class Resumption extends Order {

        @Override
        boolean writeAt(StoreWriter store, Moment now) throws SQLException {
            if (!gate.isPaused()) {
                return false;
            }
            store.order("resume", null, null, null, now);
            return true;
        }

        @Override
        void apply(Moment now) {
            gate.resume();
        }
    }
}
