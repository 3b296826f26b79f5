package dev.batchgate.postgres;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.LogKeys;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.RetryProperties;
import dev.batchgate.ingestion.Sighting;
import dev.batchgate.ingestion.Standing;
import dev.batchgate.ingestion.Submission;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.TooLate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Accepted batches of any number of replicas, most urgent first: who is next, and whether there is a slot, the database
 * decides, on its clock. This replica keeps no more than what it has in flight itself.
 *
 * <p>Submitters enter {@link #submit} and the dispatcher's thread {@link #take}; whoever ends a fetch enters {@link
 * #mayDepart}, {@link #left}, {@link #departed} and {@link #finish}; anyone asks.
 */
final class PostgresQueue implements BatchQueue {

    /** How often an idle replica looks whether there is anything to do that nobody told it of. */
    private static final Duration POLL = Duration.ofSeconds(2);

    private static final String WITHHELD =
            "Batch {} was not sent: this replica was held up until the slot was over; it waits for another";

    /** The database's clock and this process's may run apart by this much of an interval. */
    private static final int DRIFT = 100;

    private static final Logger log = LoggerFactory.getLogger(PostgresQueue.class);

    private final Replica replica;
    private final Submissions submissions;
    private final Claims claims;
    private final Landings landings;
    private final StoredIngestions ingestions;
    private final QueueView view;
    private final Standings standings;
    private final Lineups lineups;
    private final Flights flights;
    private final Alarm alarm;
    private final Telemetry telemetry;
    private final SlotUses uses;
    private final RetryProperties retries;
    private final Backoff backoff;
    private final long interval;

    /** What this replica dispatched last; the dispatcher's thread alone. */
    private @Nullable Flight last;

    PostgresQueue(
            Replica replica,
            Submissions submissions,
            Claims claims,
            Landings landings,
            StoredIngestions ingestions,
            QueueView view,
            Standings standings,
            Lineups lineups,
            Flights flights,
            Alarm alarm,
            Telemetry telemetry,
            SlotUses uses,
            RetryProperties retries,
            Backoff backoff,
            Duration interval) {
        this.replica = replica;
        this.submissions = submissions;
        this.claims = claims;
        this.landings = landings;
        this.ingestions = ingestions;
        this.view = view;
        this.standings = standings;
        this.lineups = lineups;
        this.flights = flights;
        this.alarm = alarm;
        this.telemetry = telemetry;
        this.uses = uses;
        this.retries = retries;
        this.backoff = backoff;
        this.interval = interval.toNanos();
    }

    @Override
    public CompletableFuture<Receipt> submit(Submission submission) {
        Instant completeBy = submission.completeBy();
        return completeBy == null ? submissions.add(submission, null) : submitInTime(submission, completeBy);
    }

    /** Waits for it: when it would be done is asked of the database, which is not for the thread that tells of it. */
    private CompletableFuture<Receipt> submitInTime(Submission submission, Instant completeBy) {
        CompletableFuture<Receipt> receipt =
                submissions.add(submission, standing(submission).mostBefore(completeBy));
        try {
            receipt.join();
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof TooLate) {
                throw TooLate.by(standing(submission));
            }
        }
        return receipt;
    }

    @Override
    public Lineup lineup(Priority priority, int most) {
        return lineups.find(priority, most);
    }

    @Override
    public Batch take() throws InterruptedException {
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            alarm.reset();
            if (flights.departing().isPresent()) {
                // No slot opens before it has left, which is for this replica alone to say.
                alarm.await(Set.of(Alarm.News.DEPARTURE, Alarm.News.END), POLL.toNanos());
                continue;
            }
            Claim claim = claims.claim(flights);
            Flight flight = claim.flight();
            if (flight != null) {
                long early = early();
                if (early <= 0) {
                    flights.add(flight);
                    last = flight;
                    return flight.batch();
                }
                // Not known to be in flight, it is given up with the next claim.
                alarm.await(Set.of(), early);
                continue;
            }
            Duration delay = claim.delay();
            alarm.await(claim.matter(), delay == null || delay.compareTo(POLL) > 0 ? POLL.toNanos() : delay.toNanos());
        }
    }

    /**
     * How much too early a claim is, in nanoseconds; 0 or less if it is not. Should the database's clock have been set: a
     * replica keeps its distance to itself by a clock that nobody can set.
     */
    private long early() {
        Flight before = last;
        return before == null || !before.hasDeparted()
                ? 0
                : before.departedNanos() + interval - interval / DRIFT - replica.nanos();
    }

    @Override
    public void departed(Batch batch) {
        Flight flight = flights.of(batch);
        if (flight != null && flight.departed(replica.nanos())) {
            alarm.ring(Alarm.News.DEPARTURE);
        }
    }

    @Override
    public void left(Batch batch) {
        Flight flight = flights.of(batch);
        if (flight != null) {
            flight.left(replica.nanos());
        }
    }

    @Override
    public boolean mayDepart(Batch batch) {
        Flight flight = flights.of(batch);
        return flight != null && flight.mayDepart(replica.nanos());
    }

    @Override
    public void finish(Batch batch, Outcome outcome) {
        Flight flight = flights.of(batch);
        if (flight == null) {
            throw new IllegalStateException("batch " + batch.id() + " is not in flight");
        }
        departed(batch);
        boolean probe = outcome.lacksConnection() && view.isProbe(outcome);
        boolean withdrawn = false;
        Landing landed = null;
        for (boolean recorded = false; !recorded; ) {
            Landing landing = Landing.of(flight, outcome, withdrawn, probe, retries);
            Duration wait = backoff.draw(landing.longestWait());
            // Once: while the outcome cannot be recorded it is said again and again, and time passes.
            Duration hold = flight.hold(retries.bounded(outcome.closedFor()), replica.nanos());
            switch (landings.record(landing, wait, hold)) {
                case DONE -> {
                    tell(landing, wait, hold);
                    landed = landing;
                    recorded = true;
                }
                case LOST -> {
                    LogKeys.about(log.atWarn(), batch)
                            .log(
                                    flight.wasWithheld()
                                            ? WITHHELD
                                            : "Batch {} came back after its lease had run out, too late to count; it is fetched again",
                                    batch.id());
                    recorded = true;
                }
                case WITHDRAWN -> withdrawn = true;
                case NOT_WITHDRAWN -> withdrawn = false;
            }
        }
        flights.remove(flight);
        alarm.ring(Alarm.News.END);
        if (landed != null && telemetry.isAsked()) {
            measure(landed);
        }
    }

    private void measure(Landing landed) {
        Flight flight = landed.flight();
        telemetry.tell(meter -> meter.finished(flight.batch(), landed.verdict()));
        uses.of(flight).ifPresent(use -> telemetry.tell(meter -> meter.measured(use)));
    }

    private static void tell(Landing landing, Duration wait, @Nullable Duration hold) {
        Batch batch = landing.flight().batch();
        String error = landing.verdict().error();
        if (landing.outcome().isUnsent()) {
            LogKeys.about(log.atWarn(), batch).log(WITHHELD, batch.id());
        } else if (!landing.isEnd()) {
            LogKeys.about(log.atLevel(landing.verdict().counts() ? Level.INFO : Level.DEBUG), batch)
                    .log("Batch {} is tried again in {} ms at the earliest: {}", batch.id(), wait.toMillis(), error);
        } else if (landing.verdict().status() == BatchStatus.FAILED) {
            LogKeys.about(log.atWarn(), batch).log("Batch {} failed: {}", batch.id(), error);
        }
        if (hold != null) {
            log.info("The upstream wants to be left alone for {} ms; the gate stays closed", hold.toMillis());
        }
    }

    @Override
    public Optional<Ingestion> find(UUID ingestionId) {
        return ingestions.find(ingestionId);
    }

    @Override
    public Optional<Sighting> see(UUID ingestionId) {
        return ingestions
                .look(ingestionId)
                .map(found -> new Sighting(found.ingestion(), () -> standings.of(ingestionId, found.here())));
    }

    @Override
    public Optional<Standing> standing(UUID ingestionId) {
        return standings.find(ingestionId);
    }

    @Override
    public Duration overdue() {
        return view.overdue();
    }

    @Override
    public QueueState state() {
        return view.state();
    }
}
