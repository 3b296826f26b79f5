package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.springframework.context.SmartLifecycle;

/**
 * The first thing that happens when the service is told to stop: it accepts and dispatches nothing more, answers all
 * else, and waits for the batches in flight, as long as {@code spring.lifecycle.timeout-per-shutdown-phase} allows.
 *
 * <p>Stopped by the thread that closes the application; asked by any.
 */
class GracefulStop implements SmartLifecycle {

    /** By then either another process has taken over or nobody has. */
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final Dispatcher dispatcher;
    private final ExecutorService dispatching;
    private volatile boolean running;
    private volatile boolean stopping;

    /** @param dispatching runs the dispatcher and nothing else */
    GracefulStop(Dispatcher dispatcher, ExecutorService dispatching) {
        this.dispatcher = dispatcher;
        this.dispatching = dispatching;
    }

    /** Throws {@link Unavailable} once the service has been told to stop. */
    void requireRunning() {
        if (stopping) {
            throw new Unavailable(
                    "Batchgate is stopping and accepts nothing more; try again in a moment.", RETRY_AFTER);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop(Runnable stopped) {
        stopping = true;
        running = false;
        dispatching.shutdownNow();
        dispatcher.idle().thenRun(stopped);
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
