package dev.batchgate.local;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.Earlier;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import dev.batchgate.ingestion.TooLate;
import dev.batchgate.ingestion.Unavailable;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Accepted batches of one process, most urgent first. What happens to any of them is in the journal before it happens
 * here.
 *
 * <p>Submitters enter {@link #submit} and the dispatcher's thread {@link #take}; whoever ends a fetch enters {@link
 * #departed} and {@link #finish}; anyone asks. The changes that they ask for run on the journal's thread, one after the
 * other, and {@code createdAtMicros} is that thread's alone.
 */
final class LocalQueue implements BatchQueue {

    private static final int MOST_LOOKS = 100;

    private final QueueParts parts;
    private final Standings standings;
    private final Journal journal;
    private final FinishedIngestions finished;
    private final Backoff backoff;
    private final long run;
    private long createdAtMicros;

    LocalQueue(Backlog backlog, QueueParts parts, Journal journal, FinishedIngestions finished, Backoff backoff) {
        this.parts = parts;
        this.standings = new Standings(parts);
        this.journal = journal;
        this.finished = finished;
        this.backoff = backoff;
        this.run = backlog.run();
        this.createdAtMicros = backlog.createdAtMicros();
    }

    /** The orders about what is in this queue. */
    LocalOrders orders() {
        return new LocalOrders(this, parts, journal);
    }

    /** What is in this queue, and what has been. */
    LocalListing listing(StoreReader reader) {
        return new LocalListing(reader, this, parts);
    }

    /** See {@link Line#forgetTurns}. */
    void forgetTurns(long upToSlot) {
        parts.line().forgetTurns(upToSlot);
    }

    @Override
    public CompletableFuture<Receipt> submit(Submission submission) {
        return journal.begin(new Acceptance(submission));
    }

    /** An ingestion is written, and only then waits: nobody is dispatched who might be forgotten. */
    private final class Acceptance implements Change<Receipt> {

        private final Submission submission;
        private boolean reserved;
        private @Nullable Tracked accepted;
        private @Nullable Moment slotAhead;

        Acceptance(Submission submission) {
            this.submission = submission;
        }

        /** Where it stands, others decide that may be on their way. */
        @Override
        public boolean needsAllBefore() {
            return submission.completeBy() != null;
        }

        @Override
        public Receipt write(StoreWriter store) throws SQLException {
            Moment now = parts.now();
            slotAhead = parts.upcoming().opening(now, submission.priority());
            Allowance allowance = Allowance.of(submission, store, parts);
            String key = submission.storedKey();
            Optional<Earlier> earlier = key == null ? Optional.empty() : store.findKey(key);
            if (earlier.isPresent()) {
                return new Receipt(earlier.get().idFor(submission), allowance.remaining());
            }
            requireInTime();
            allowance.requireRoom(parts);
            parts.reserve(submission.batches(), submission.origin().owner());
            reserved = true;
            Quota.Remaining remaining = allowance.use(store);
            // A wall clock that is set back must not reorder what was accepted: time stands still until it caught up.
            createdAtMicros = Math.max(createdAtMicros, (slotAhead == null ? now : slotAhead).micros());
            long sequence = store.accept(submission, createdAtMicros);
            accepted = new Tracked(
                    submission.id(),
                    submission.priority(),
                    submission.ids(),
                    submission.batchSize(),
                    createdAtMicros,
                    sequence,
                    submission.origin().owner());
            return new Receipt(submission.id(), remaining);
        }

        private void requireInTime() {
            Instant completeBy = submission.completeBy();
            if (completeBy == null) {
                return;
            }
            Standing standing = standings.of(submission);
            if (!standing.isDoneBy(completeBy)) {
                throw TooLate.by(standing);
            }
        }

        @Override
        public @Nullable Moment toldFrom() {
            return slotAhead;
        }

        @Override
        public void committed() {
            if (accepted != null) {
                parts.statuses().put(accepted.id(), accepted);
                parts.line().enter(accepted);
                parts.changes().queueChanged();
            }
        }

        @Override
        public void rolledBack() {
            accepted = null;
            if (reserved) {
                reserved = false;
                parts.line().release(submission.batches(), submission.origin().owner());
            }
        }
    }

    @Override
    public Batch take() throws InterruptedException {
        while (true) {
            parts.gate().awaitChoice();
            parts.line().awaitEligible(parts.ticker());
            Optional<Flight> taken = journal.perform(new Dispatching(parts, run));
            if (taken.isPresent()) {
                Flight flight = taken.get();
                awaitSlot(flight);
                if (hasBeenOvertaken(flight)) {
                    flight.holdBack();
                }
                return flight.batch();
            }
            // What was awaited has been cancelled, or the gate been closed: the slot is the next one's.
        }
    }

    /** An interrupt does not end the wait: its dispatch is on record. */
    private void awaitSlot(Flight flight) {
        boolean interrupted = false;
        for (boolean waited = false; !waited; ) {
            try {
                parts.ticker().sleepUntil(flight.opened().ticks());
                waited = true;
            } catch (InterruptedException stopping) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** What has been told of by the time the slot opens, counts: that the upstream wants to be left alone, a pause, a cancellation. */
    private boolean hasBeenOvertaken(Flight flight) {
        return parts.gate().hasClosedSince(flight.opened().ticks())
                || flight.ingestion().isWithdrawn(flight.choice().index());
    }

    @Override
    public void departed(Batch batch) {
        Flight flight = parts.flights().get(batch.id());
        if (flight != null) {
            // Before the gate is told, so that no ledger shows a slot that opened an interval after less than that.
            flight.departed(parts.ticker().nanos());
        }
        parts.gate().departed(batch);
    }

    /** Nobody else can have its slot: the next one opens once it has departed. */
    @Override
    public boolean mayDepart(Batch batch) {
        return true;
    }

    @Override
    public boolean isHeldBack(Batch batch) {
        Flight flight = parts.flights().get(batch.id());
        return flight != null && flight.isHeldBack();
    }

    @Override
    public void finish(Batch batch, Outcome outcome) {
        Flight flight = parts.flights().get(batch.id());
        if (flight == null) {
            throw new IllegalStateException("batch " + batch.id() + " is not in flight");
        }
        departed(batch);
        // Once: while the outcome cannot be recorded it is said again and again, and time passes.
        Moment hold = flight.hold(() -> hold(outcome.closedFor()));
        BatchEnd end = journal.perform(new Ending(parts, flight, outcome, hold, backoff));
        parts.telemetry().tell(meter -> {
            meter.finished(batch, end.verdict());
            meter.measured(flight.use());
        });
    }

    /** The gate closes at once; that it did is recorded with the end of the dispatch. */
    private @Nullable Moment hold(Duration closedFor) {
        if (closedFor.isNegative() || closedFor.isZero()) {
            return null;
        }
        Moment until = parts.now().plus(parts.retries().bounded(closedFor));
        parts.gate().closeUntil(until.ticks());
        return until;
    }

    /** An ingestion may end, and be reopened, between one place where it is looked for and the other. */
    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        for (int look = 0; look < MOST_LOOKS; look++) {
            Tracked open = parts.statuses().get(ingestionId);
            if (open != null) {
                return Optional.of(open.snapshot());
            }
            Optional<Ingestion> ended = finished.find(ingestionId);
            if (ended.isPresent() || !finished.isKnown(ingestionId)) {
                return ended;
            }
        }
        throw new Unavailable("The ingestion is changing hands at the moment.", Duration.ofSeconds(1));
    }

    @Override
    public Optional<Standing> standing(UUID ingestionId) {
        return standings.find(ingestionId);
    }

    @Override
    public Lineup lineup(Priority priority, int most) {
        return standings.lineup(priority, most);
    }

    @Override
    public Standing standing(Submission submission) {
        return standings.of(submission);
    }

    @Override
    public Duration overdue() {
        long now = parts.ticker().nanos();
        return Duration.ofNanos(now - parts.usableSince(now).orElse(now));
    }

    @Override
    public QueueState state() {
        Instant now = parts.clock().instant();
        boolean paused = parts.gate().isPaused();
        long closed = parts.gate().nanosClosed();
        return new QueueState(
                paused,
                parts.properties().interval(),
                paused ? null : now.plusNanos(parts.gate().nanosUntilOpen()),
                closed > 0 ? now.plusNanos(closed) : null,
                parts.gate().inFlight(),
                parts.properties().maxInFlight(),
                parts.line().state(),
                parts.reachability().state());
    }
}
