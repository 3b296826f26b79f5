package dev.batchgate.stream;

import dev.batchgate.ingestion.Unavailable;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.context.SmartLifecycle;

/** How many streams are open, and how many may be. Nobody is kept following a service that stops. Any thread may enter. */
final class StreamRoom implements SmartLifecycle {

    private static final long ALL_ELSE = 192L << 20;
    private static final long EACH = 128L << 10;
    private static final int FEWEST = 100;
    private static final int MOST = 5_500;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final int most;
    private final List<Runnable> endings;
    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean running;

    /** @param endings each ends all streams of one kind */
    StreamRoom(int most, List<Runnable> endings) {
        this.most = most;
        this.endings = endings;
    }

    /**
     * As many as fit into the heap beside all else; what they take, a hundred KB each, are the buffers that the container
     * keeps for each request.
     */
    static int inHeap(long bytes) {
        return Math.toIntExact(Math.max(FEWEST, Math.min(MOST, (bytes - ALL_ELSE) / EACH)));
    }

    /** Throws {@link Unavailable} where there is no room for one more. */
    void enter() {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            throw new Unavailable(
                    "%d clients follow events already, which is as many as can; ask for the status now and then, or come again later."
                            .formatted(most),
                    RETRY_AFTER);
        }
    }

    void leave() {
        open.decrementAndGet();
    }

    int open() {
        return open.get();
    }

    /** For whoever began to follow while all streams were ended. */
    void endIfStopped() {
        if (!running) {
            stop();
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** They come again, with what they know, to whoever serves then. */
    @Override
    public void stop() {
        running = false;
        endings.forEach(Runnable::run);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
