package dev.batchgate.ingestion;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;

/**
 * Starts the fetch of one batch per slot, the most urgent first.
 *
 * <p>Runs on the one thread of {@link #SCHEDULER}. A fetch ends on a thread of the upstream's, which brings the outcome
 * back to the queue; between the two threads nothing is shared but the queue.
 */
class Dispatcher {

    /** Name of the scheduler whose one platform thread nothing else may run on. */
    static final String SCHEDULER = "dispatchScheduler";

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1_000;

    private final BatchQueue queue;
    private final Upstream upstream;

    Dispatcher(BatchQueue queue, Upstream upstream) {
        this.queue = queue;
        this.upstream = upstream;
    }

    /**
     * One run, one batch. The pace is kept inside {@link BatchQueue#take}, from start to start, and a run follows the one
     * before it at once: a fixed rate would fire all the ticks it missed while it waited, and a fixed delay of one
     * interval would make a batch wait that comes when the gate stands open.
     */
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.NANOSECONDS, scheduler = SCHEDULER)
    void dispatchNext() {
        try {
            Batch batch = queue.take();
            log.debug("Batch {} starts: ids {}", batch.id(), batch.ids());
            fetch(batch).whenComplete((outcome, failure) -> finish(batch, outcome, failure));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error failure) {
            log.error("Taking the next batch failed; trying again in {} ms", PAUSE_AFTER_FAILURE_MILLIS, failure);
            pause();
        }
    }

    private CompletionStage<Outcome> fetch(Batch batch) {
        try {
            return upstream.fetch(batch, () -> queue.departed(batch));
        } catch (RuntimeException | Error failure) {
            // An Error too: a batch that never ends would shut the gate for good.
            return CompletableFuture.failedStage(failure);
        }
    }

    private void finish(Batch batch, @Nullable Outcome outcome, @Nullable Throwable failure) {
        if (failure != null) {
            log.error("Fetching batch {} broke off for a reason that is Batchgate's own", batch.id(), failure);
        }
        Outcome known = outcome != null ? outcome : new Outcome.Failed("Batchgate itself failed: " + failure);
        if (known instanceof Outcome.Failed failed) {
            log.warn("Batch {} failed: {}", batch.id(), failed.reason());
        }
        try {
            queue.finish(batch, known);
        } catch (RuntimeException lost) {
            log.error("The outcome of batch {} could not be recorded", batch.id(), lost);
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE_MILLIS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
