package dev.batchgate.local;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Submission;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

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

    private final Line line;
    private final Gate gate;
    private final ConcurrentHashMap<UUID, Tracked> statuses = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();
    private final Journal journal;
    private final FinishedIngestions finished;
    private final Clock clock;
    private final Ticker ticker;
    private final Duration interval;
    private final int maxInFlight;
    private final long maxBacklog;
    private final long run;
    private long createdAtMicros;

    LocalQueue(
            Backlog backlog,
            Journal journal,
            FinishedIngestions finished,
            BatchgateProperties properties,
            Clock clock,
            Ticker ticker) {
        this.line = new Line(backlog, properties.limits().maxBacklog());
        this.maxBacklog = properties.limits().maxBacklog();
        this.gate = new Gate(properties.interval(), properties.maxInFlight(), ticker, backlog.opensAt());
        backlog.open().forEach(ingestion -> statuses.put(ingestion.id(), ingestion));
        this.journal = journal;
        this.finished = finished;
        this.clock = clock;
        this.ticker = ticker;
        this.interval = properties.interval();
        this.maxInFlight = properties.maxInFlight();
        this.run = backlog.run();
        this.createdAtMicros = backlog.createdAtMicros();
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
            long slotsUntilRoom = line.reserve(submission.batches());
            if (slotsUntilRoom > 0) {
                Duration first = Duration.ofNanos(gate.nanosUntilOpen());
                throw new BacklogFull(maxBacklog, first.plus(interval.multipliedBy(slotsUntilRoom - 1)));
            }
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

    @Override
    public Batch take() throws InterruptedException {
        gate.awaitOpen();
        Choice choice = line.choose();
        try {
            return journal.perform(new Dispatching(choice));
        } finally {
            line.putBack();
        }
    }

    /** A dispatch is written, and only then made: whatever the upstream sees is on record. */
    private final class Dispatching implements Change<Batch> {

        private final Choice choice;
        private long slot;

        Dispatching(Choice choice) {
            this.choice = choice;
        }

        @Override
        public Batch write(StoreWriter store) throws SQLException {
            slot = store.dispatch(run, choice, Moment.now(clock, ticker));
            return choice.batch();
        }

        @Override
        public void committed() {
            flights.put(choice.batch().id(), new Flight(choice.ingestion(), choice.batch(), slot));
            gate.enter(choice.batch());
            line.takeAway(choice);
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
        journal.perform(new Ending(flight, outcome));
    }

    /** An end is written, and only then seen: whoever reads that a batch completed can rely on it. */
    private final class Ending implements Change<Boolean> {

        private final Flight flight;
        private final Outcome outcome;

        Ending(Flight flight, Outcome outcome) {
            this.flight = flight;
            this.outcome = outcome;
        }

        @Override
        public Boolean write(StoreWriter store) throws SQLException {
            Moment now = Moment.now(clock, ticker);
            boolean last = flight.ingestion().writeEnd();
            store.end(flight, outcome, now);
            if (last) {
                store.finish(flight.ingestion().sequence(), now);
            }
            return last;
        }

        @Override
        public void committed() {
            Tracked ingestion = flight.ingestion();
            ingestion.end(flight.batch().index(), outcome);
            if (ingestion.hasEnded()) {
                statuses.remove(ingestion.id());
            }
            flights.remove(flight.batch().id());
            gate.ended(flight.batch());
        }

        @Override
        public void rolledBack() {
            flight.ingestion().unwriteEnd();
        }
    }

    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        Tracked open = statuses.get(ingestionId);
        return open != null ? Optional.of(open.snapshot()) : finished.find(ingestionId);
    }

    @Override
    public QueueState state() {
        return new QueueState(
                interval, clock.instant().plusNanos(gate.nanosUntilOpen()), gate.inFlight(), maxInFlight, line.state());
    }
}
