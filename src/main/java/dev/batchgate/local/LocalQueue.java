package dev.batchgate.local;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Submission;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepted batches of one process, most urgent first. What happens to any of them is in the journal before it happens
 * here.
 *
 * <p>Submitters enter {@link #add} and the dispatcher's thread {@link #take}; whoever ends a fetch enters {@link
 * #departed} and {@link #finish}; anyone asks. The changes that they ask for run on the journal's thread, one after the
 * other, and {@code createdAtMicros} is that thread's alone. The maps hold what has not ended; the rest is in the
 * store.
 */
final class LocalQueue implements BatchQueue {

    private static final Logger log = LoggerFactory.getLogger(LocalQueue.class);

    private final Line line;
    private final Gate gate;
    private final ConcurrentHashMap<UUID, Tracked> statuses = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();
    private final Reachability reachability;
    private final Journal journal;
    private final FinishedIngestions finished;
    private final BatchgateProperties properties;
    private final RetryProperties retries;
    private final Backoff backoff;
    private final Clock clock;
    private final Ticker ticker;
    private final long run;
    private long createdAtMicros;

    LocalQueue(
            Backlog backlog,
            Journal journal,
            FinishedIngestions finished,
            BatchgateProperties properties,
            RetryProperties retries,
            Backoff backoff,
            Clock clock,
            Ticker ticker) {
        this.line = new Line(backlog, properties.limits().maxBacklog());
        this.gate = new Gate(
                properties.interval(),
                properties.maxInFlight(),
                ticker,
                backlog.opensAt(),
                backlog.closedUntil(),
                backlog.paused());
        backlog.open().forEach(ingestion -> statuses.put(ingestion.id(), ingestion));
        this.reachability = new Reachability(retries.downAfter());
        this.journal = journal;
        this.finished = finished;
        this.properties = properties;
        this.retries = retries;
        this.backoff = backoff;
        this.clock = clock;
        this.ticker = ticker;
        this.run = backlog.run();
        this.createdAtMicros = backlog.createdAtMicros();
    }

    /** The orders about what is in this queue. */
    LocalOrders orders() {
        return new LocalOrders(this, line, gate, statuses, journal, clock, ticker);
    }

    @Override
    public UUID add(Submission submission) {
        return journal.perform(new Acceptance(submission));
    }

    /** An ingestion is written, and only then waits: nobody is dispatched who might be forgotten. */
    private final class Acceptance implements Change<UUID> {

        private final Submission submission;
        private boolean reserved;
        private @Nullable Tracked accepted;

        Acceptance(Submission submission) {
            this.submission = submission;
        }

        @Override
        public UUID write(StoreWriter store) throws SQLException {
            String key = submission.idempotencyKey();
            Optional<StoreWriter.Earlier> earlier = key == null ? Optional.empty() : store.findKey(key);
            if (earlier.isPresent()) {
                return earlier.get().idFor(submission);
            }
            reserve(submission.batches());
            reserved = true;
            // A wall clock that is set back must not reorder what was accepted: time stands still until it caught up.
            createdAtMicros = Math.max(createdAtMicros, Moment.micros(clock.instant()));
            long sequence = store.accept(submission, createdAtMicros);
            accepted = new Tracked(
                    submission.id(),
                    submission.priority(),
                    submission.ids(),
                    submission.batchSize(),
                    createdAtMicros,
                    sequence);
            return submission.id();
        }

        @Override
        public void committed() {
            if (accepted != null) {
                statuses.put(accepted.id(), accepted);
                line.enter(accepted);
            }
        }

        @Override
        public void rolledBack() {
            accepted = null;
            if (reserved) {
                reserved = false;
                line.release(submission.batches());
            }
        }
    }

    /** Keeps room in the line; throws {@link BacklogFull} where there is none. */
    void reserve(int batches) {
        long slotsUntilRoom = line.reserve(batches);
        if (slotsUntilRoom > 0) {
            Duration first = Duration.ofNanos(gate.nanosUntilOpen());
            throw new BacklogFull(
                    properties.limits().maxBacklog(),
                    first.plus(properties.interval().multipliedBy(slotsUntilRoom - 1)));
        }
    }

    @Override
    public Batch take() throws InterruptedException {
        while (true) {
            gate.awaitOpen();
            line.awaitEligible(ticker);
            Optional<Batch> taken = journal.perform(new Dispatching());
            if (taken.isPresent()) {
                return taken.get();
            }
            // What was awaited has been cancelled, or the gate been closed: the slot is the next one's.
        }
    }

    /**
     * A batch is chosen and written, and only then dispatched: whatever the upstream sees is on record. It is chosen
     * where all orders are carried out, one after the other, so that none of them comes between.
     */
    private final class Dispatching implements Change<Optional<Batch>> {

        private @Nullable Choice choice;
        private @Nullable Moment decided;
        private long slot;

        @Override
        public boolean needsAllBefore() {
            return true;
        }

        @Override
        public Optional<Batch> write(StoreWriter store) throws SQLException {
            Moment now = Moment.now(clock, ticker);
            if (!gate.isOpen(now.ticks())) {
                return Optional.empty();
            }
            Choice mostUrgent = line.choose(now.ticks()).orElse(null);
            choice = mostUrgent;
            decided = now;
            if (mostUrgent == null) {
                return Optional.empty();
            }
            slot = store.dispatch(run, mostUrgent, now);
            return Optional.of(mostUrgent.batch());
        }

        @Override
        public void committed() {
            if (choice != null && decided != null) {
                flights.put(choice.batch().id(), new Flight(choice, slot));
                gate.enter(choice.batch());
                line.takeAway(choice, decided.micros());
            }
        }

        @Override
        public void rolledBack() {
            choice = null;
            line.putBack();
        }
    }

    @Override
    public void departed(Batch batch) {
        Flight flight = flights.get(batch.id());
        if (flight != null) {
            // Before the gate is told, so that no ledger shows a slot that opened an interval after less than that.
            flight.departed(ticker.nanos());
        }
        gate.departed(batch);
    }

    @Override
    public void finish(Batch batch, Outcome outcome) {
        Flight flight = flights.get(batch.id());
        if (flight == null) {
            throw new IllegalStateException("batch " + batch.id() + " is not in flight");
        }
        departed(batch);
        journal.perform(new Ending(flight, outcome, hold(outcome.closedFor())));
    }

    /** The gate closes at once; that it did is recorded with the end of the dispatch. */
    private @Nullable Moment hold(Duration closedFor) {
        if (closedFor.isNegative() || closedFor.isZero()) {
            return null;
        }
        Duration bounded = closedFor.compareTo(retries.maxRetryAfter()) < 0 ? closedFor : retries.maxRetryAfter();
        Moment until = Moment.now(clock, ticker).plus(bounded);
        gate.closeUntil(until.ticks());
        return until;
    }

    /** An end is written, with all that it brought, and only then seen: whoever reads of it can rely on it. */
    private final class Ending implements Change<BatchEnd> {

        private final Flight flight;
        private final Outcome outcome;
        private final @Nullable Moment hold;
        private @Nullable BatchEnd end;

        Ending(Flight flight, Outcome outcome, @Nullable Moment hold) {
            this.flight = flight;
            this.outcome = outcome;
            this.hold = hold;
        }

        @Override
        public boolean needsAllBefore() {
            return true;
        }

        @Override
        public BatchEnd write(StoreWriter store) throws SQLException {
            // With nobody behind it, a batch is not to be tried for ever.
            boolean othersWait = flights.size() > 1 || !line.isEmpty();
            boolean counts = !(reachability.showsDown(outcome) && othersWait);
            BatchEnd judged = BatchEnd.judge(flight, outcome, counts, retries, backoff, Moment.now(clock, ticker));
            judged.write(store, hold);
            end = judged;
            return judged;
        }

        @Override
        public void committed() {
            BatchEnd committed = Objects.requireNonNull(end);
            reachability.saw(outcome);
            Tracked ingestion = flight.ingestion();
            committed.apply(line);
            if (ingestion.hasEnded(0)) {
                statuses.remove(ingestion.id());
            }
            flights.remove(flight.batch().id());
            gate.ended(flight.batch());
            if (hold != null) {
                log.info(
                        "The upstream wants to be left alone until {}; the gate stays closed",
                        Moment.instant(hold.micros()));
            }
        }
    }

    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        Tracked open = statuses.get(ingestionId);
        if (open == null) {
            Optional<Ingestion> ended = finished.find(ingestionId);
            if (ended.isPresent()) {
                return ended;
            }
            // It may have been reopened between the two questions.
            open = statuses.get(ingestionId);
        }
        return Optional.ofNullable(open).map(Tracked::snapshot);
    }

    @Override
    public QueueState state() {
        Instant now = clock.instant();
        boolean paused = gate.isPaused();
        long closed = gate.nanosClosed();
        return new QueueState(
                paused,
                properties.interval(),
                paused ? null : now.plusNanos(gate.nanosUntilOpen()),
                closed > 0 ? now.plusNanos(closed) : null,
                gate.inFlight(),
                properties.maxInFlight(),
                line.state(),
                reachability.state());
    }
}
