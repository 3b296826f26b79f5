package dev.batchgate.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Accepts ingestions into the queue and answers for them. Safe for use by any thread; keeps nothing itself. */
public class IngestionService {

    private static final int MOST_PUSHED_BACK = 100;

    private final BatchQueue queue;
    private final Orders orders;
    private final IngestionIds newIds;
    private final GracefulStop stop;
    private final Caller.Source callers;
    private final Traceparents.Source traces;
    private final Telemetry telemetry;
    private final int batchSize;
    private final long maxBacklog;

    IngestionService(
            BatchQueue queue,
            Orders orders,
            IngestionIds newIds,
            GracefulStop stop,
            Caller.Source callers,
            Traceparents.Source traces,
            Telemetry telemetry,
            BatchgateProperties properties) {
        this.queue = queue;
        this.orders = orders;
        this.newIds = newIds;
        this.stop = stop;
        this.callers = callers;
        this.traces = traces;
        this.telemetry = telemetry;
        this.batchSize = properties.batchSize();
        this.maxBacklog = properties.limits().maxBacklog();
    }

    /**
     * Accepts ids for fetching; they are on stable storage once that is known, see {@link BatchQueue#submit}.
     *
     * @return the id to ask for them by, and what is left of the caller's quota
     * @throws BacklogFull when there is no room for their batches now
     * @throws QuotaExceeded when the caller has handed in too much lately
     * @throws NeverFits when it is more than the caller may ever hand in at once
     * @throws TooLate when it would be done later than {@code completeBy}
     * @throws KeyReused when the idempotency key stands for another submission
     * @throws Unavailable when the service stops, or its store cannot be written
     */
    CompletableFuture<Receipt> accept(
            Ids ids,
            Priority priority,
            @Nullable Instant completeBy,
            @Nullable CallbackUrl callback,
            @Nullable String idempotencyKey) {
        stop.requireRunning();
        Caller caller = callers.current();
        Origin origin = new Origin(caller.name(), callback == null ? null : callback.text(), traces.current());
        Submission submission = new Submission(
                newIds.next(), priority, ids, batchSize, idempotencyKey, completeBy, origin, caller.quota());
        return queue.submit(submission).thenApply(receipt -> {
            if (receipt.ingestionId().equals(submission.id())) {
                telemetry.tell(meter -> meter.accepted(priority, submission.batches(), ids.size()));
            }
            return receipt;
        });
    }

    /**
     * What would come of it if these ids were handed in now; nothing is accepted.
     *
     * @throws TooLate when it would be done later than {@code completeBy}
     * @throws BacklogFull when there is no room for their batches now
     */
    Prospect forecast(Ids ids, Priority priority, @Nullable Instant completeBy) {
        int batches = Batch.count(ids, batchSize);
        Lineup lineup = queue.lineup(priority, MOST_PUSHED_BACK);
        Standing standing = lineup.standing(batches, callers.current().name());
        if (completeBy != null && !standing.isDoneBy(completeBy)) {
            throw TooLate.by(standing);
        }
        long excess = lineup.waiting() + batches - maxBacklog;
        if (excess > 0) {
            Pace pace = lineup.pace();
            throw BacklogFull.by(
                    excess,
                    maxBacklog,
                    Duration.ofNanos(Math.max(pace.opensIn(), pace.closedFor())),
                    Duration.ofNanos(pace.interval()));
        }
        return Prospect.of(lineup, batches, MOST_PUSHED_BACK, callers.current());
    }

    /** Who makes the request that this thread serves. */
    Caller caller() {
        return callers.current();
    }

    /**
     * The ingestion with this id; throws {@link UnknownIngestion} if there is none that the caller may see, also where
     * the id is malformed.
     */
    public Ingestion find(String id) {
        return about(id, known -> queue.find(known).filter(this::isSeen));
    }

    /** The same, for whoever may want to know how it goes on, too. */
    public Sighting see(String id) {
        return about(id, known -> queue.see(known).filter(seen -> isSeen(seen.ingestion())));
    }

    /** An ingestion as it is now, for somebody who was shown it before; throws {@link UnknownIngestion} if it is gone. */
    public Sighting seeAgain(UUID id) {
        return queue.see(id).orElseThrow(() -> new UnknownIngestion(id.toString()));
    }

    private boolean isSeen(Ingestion ingestion) {
        return callers.current().sees(ingestion.owner());
    }

    /** When what is left of an ingestion will be done; empty if nothing is. */
    public Optional<Forecast> foretell(Ingestion ingestion) {
        return new Sighting(ingestion, () -> queue.standing(ingestion.id())).foretell();
    }

    Ingestion cancel(String id) {
        return ordered(id, orders::cancel);
    }

    Ingestion move(String id, Priority priority) {
        return ordered(id, ingestion -> orders.move(ingestion, priority));
    }

    Ingestion retry(String id) {
        return ordered(id, orders::retry);
    }

    /** The gate and the backlog as they are now. */
    public QueueState queue() {
        return queue.state();
    }

    QueueState pause() {
        stop.requireRunning();
        return orders.pause();
    }

    QueueState resume() {
        stop.requireRunning();
        return orders.resume();
    }

    private Ingestion ordered(String id, Function<UUID, Optional<Ingestion>> order) {
        stop.requireRunning();
        if (!callers.current().seesAll()) {
            find(id);
        }
        return about(id, order);
    }

    private static <T> T about(String id, Function<UUID, Optional<T>> question) {
        UUID known;
        try {
            known = UUID.fromString(id);
        } catch (IllegalArgumentException malformed) {
            throw new UnknownIngestion(id);
        }
        return question.apply(known).orElseThrow(() -> new UnknownIngestion(id));
    }
}
