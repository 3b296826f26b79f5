package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Starts the fetch of one batch per slot, the most urgent first.
 *
 * <p>Runs on the one thread of {@link #SCHEDULER}. A fetch ends on a thread of the upstream's, which brings the outcome
 * back to the queue; between the two threads nothing is shared but the queue and {@code fetching}, which counts what is
 * in flight. Anyone asks whether {@code runner} is alive. The thread that stops the service asks for it to become nothing, and in the end closes.
 */
class Dispatcher implements AutoCloseable {

    /** Name of the scheduler whose one platform thread nothing else may run on. */
    static final String SCHEDULER = "dispatchScheduler";

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

    private final BatchQueue queue;
    private final Upstream upstream;
    private final Telemetry telemetry;
    private final LongSupplier nanos;
    private final Runnable pause;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();

    /** One party for each batch in flight or about to be, and one that leaves when the service stops. */
    private final Phaser fetching = new Phaser(1) {
        @Override
        protected boolean onAdvance(int phase, int parties) {
            idle.complete(null);
            return true;
        }
    };

    /** The thread that it ran on last. */
    private volatile @Nullable Thread runner;

    private volatile boolean closed;

    /**
     * @param nanos the time, from an arbitrary origin
     * @param pause waits for a moment after a failure, before the next try
     */
    Dispatcher(BatchQueue queue, Upstream upstream, Telemetry telemetry, LongSupplier nanos, Runnable pause) {
        this.queue = queue;
        this.upstream = upstream;
        this.telemetry = telemetry;
        this.nanos = nanos;
        this.pause = pause;
    }

    /**
     * One run, one batch. The pace is kept inside {@link BatchQueue#take}, from start to start, and a run follows the
     * one before it at once: a fixed rate would fire all the ticks it missed while it waited, and a fixed delay of one
     * interval would make a batch wait that comes when the gate stands open.
     */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.NANOSECONDS, scheduler = SCHEDULER)
    void dispatchNext() {
        runner = Thread.currentThread();
        try {
            // From before it is taken, so that whoever waits for the last one does not miss it.
            fetching.register();
            try {
                dispatch(queue.take());
            } finally {
                fetching.arriveAndDeregister();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (Unavailable noStore) {
            // Whoever cannot store says so, once.
            log.debug("No batch can be dispatched yet", noStore);
            pause.run();
        } catch (RuntimeException | Error failure) {
            log.error("Taking the next batch failed; trying again in a moment", failure);
            pause.run();
        }
    }

    /** Whether it has a thread to run on, which it has from soon after the start until the stop. */
    boolean isAlive() {
        Thread last = runner;
        return last != null && last.isAlive();
    }

    private void dispatch(Batch batch) {
        fetching.register();
        long start = nanos.getAsLong();
        CompletionStage<Outcome> fetch = fetch(batch);
        // What need not be done before the batch has left, is not.
        about(batch, Level.DEBUG).log("Batch {} starts: ids {}", batch.id(), batch.ids());
        telemetry.tell(meter -> meter.dispatched(batch));
        fetch.whenComplete((outcome, failure) -> {
            try {
                finish(batch, outcome, failure, Duration.ofNanos(nanos.getAsLong() - start));
            } finally {
                // Before whoever stops the service goes on: what it says may still be written down then.
                telemetry.tell(meter -> meter.ended(batch));
                fetching.arriveAndDeregister();
            }
        });
    }

    private CompletionStage<Outcome> fetch(Batch batch) {
        try {
            if (queue.isHeldBack(batch)) {
                return CompletableFuture.completedStage(Outcome.ofAll(batch, new IdOutcome.Withheld()));
            }
            return upstream.fetch(batch, departure(batch)).thenApply(outcome -> complete(batch, outcome));
        } catch (RuntimeException | Error failure) {
            // An Error too: a batch that never ends would shut the gate for good.
            return CompletableFuture.failedStage(failure);
        }
    }

    private Departure departure(Batch batch) {
        return new Departure() {
            @Override
            public void happened() {
                queue.departed(batch);
            }

            @Override
            public void left() {
                queue.left(batch);
            }

            @Override
            public boolean isAllowed() {
                return queue.mayDepart(batch);
            }
        };
    }

    private static Outcome complete(Batch batch, Outcome outcome) {
        if (outcome.ids().size() != batch.ids().size()) {
            throw new IllegalStateException("the upstream told of %d ids of the %d of batch %s"
                    .formatted(outcome.ids().size(), batch.ids().size(), batch.id()));
        }
        return outcome;
    }

    private void finish(Batch batch, @Nullable Outcome outcome, @Nullable Throwable failure, Duration took) {
        if (closed) {
            about(batch, Level.WARN)
                    .log("Batch {} was still being fetched; it will be fetched again after the next start", batch.id());
            return;
        }
        if (failure != null) {
            about(batch, Level.ERROR)
                    .setCause(failure)
                    .log("Fetching batch {} broke off for a reason that is Batchgate's own", batch.id());
        }
        Outcome known = outcome != null
                ? outcome
                : Outcome.ofAll(batch, new IdOutcome.Missed("Batchgate itself failed: " + failure, null, true));
        telemetry.tell(meter -> meter.fetched(batch, known, took));
        while (!recorded(batch, known)) {
            pause.run();
        }
    }

    private static LoggingEventBuilder about(Batch batch, Level level) {
        return LogKeys.about(log.atLevel(level), batch);
    }

    /** Whether the outcome needs no further try: it is on record, or the next process has to find out anew. */
    private boolean recorded(Batch batch, Outcome outcome) {
        try {
            queue.finish(batch, outcome);
            return true;
        } catch (IllegalStateException ended) {
            about(batch, Level.ERROR)
                    .setCause(ended)
                    .log("The outcome of batch {} came twice; this is a defect", batch.id());
            return true;
        } catch (Unavailable noStore) {
            about(batch, Level.DEBUG).setCause(noStore).log("The outcome of batch {} is not recorded yet", batch.id());
            return isOver();
        } catch (RuntimeException | Error failure) {
            // An Error too: what is not recorded stays in flight, and would shut the gate for good.
            about(batch, Level.WARN)
                    .log("The outcome of batch {} is not recorded yet: {}", batch.id(), failure.toString());
            return isOver();
        }
    }

    private boolean isOver() {
        return closed || Thread.currentThread().isInterrupted();
    }

    /** Completes once nothing is in flight; to be asked when nothing more will be dispatched. */
    CompletionStage<Void> idle() {
        fetching.arriveAndDeregister();
        return idle;
    }

    /** What ends from now on was broken off by the stop and says nothing about the upstream: it is not recorded. */
    @Override
    public void close() {
        closed = true;
    }

    static void pauseForASecond() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
