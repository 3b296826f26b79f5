package dev.batchgate.stream;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads behind all streams: one reads what is new and tells it, the other keeps them alive. Any thread may enter. */
final class StreamThreads implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StreamThreads.class);

    private final ScheduledThreadPoolExecutor teller = thread("events");
    private final ScheduledThreadPoolExecutor heart = thread("heartbeats");
    private final Set<Object> asked = ConcurrentHashMap.newKeySet();
    private final Duration heartbeat;

    /** @param heartbeat how long a stream may be silent */
    StreamThreads(Duration heartbeat) {
        this.heartbeat = heartbeat;
    }

    private static ScheduledThreadPoolExecutor thread(String name) {
        ScheduledThreadPoolExecutor one = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, name));
        one.setRemoveOnCancelPolicy(true);
        // Not on the thread of whoever tells of a change.
        one.prestartCoreThread();
        // At the very end nobody listens any more.
        one.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return one;
    }

    /** Has it told soon; once, however often that is asked for before its turn. */
    void once(Object subject, Runnable task) {
        once(subject, Duration.ZERO, task);
    }

    /** @param task throws nothing */
    @SuppressWarnings("FutureReturnValueIgnored")
    void once(Object subject, Duration delay, Runnable task) {
        if (asked.add(subject)) {
            teller.schedule(
                    () -> {
                        asked.remove(subject);
                        task.run();
                    },
                    delay.toNanos(),
                    TimeUnit.NANOSECONDS);
        }
    }

    /** Repeats it as often as a stream has to be told something; see {@link #every}. */
    Runnable everyHeartbeat(Runnable task) {
        return every(heartbeat, task);
    }

    /**
     * Repeats it.
     *
     * @param task throws nothing
     * @return ends that
     */
    Runnable every(Duration interval, Runnable task) {
        ScheduledFuture<?> beats = heart.scheduleWithFixedDelay(
                () -> outlive(task), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        return () -> beats.cancel(false);
    }

    /** What is repeated would not be, once it has thrown anything. */
    private static void outlive(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error defect) {
            log.warn("Those who follow events were not told that somebody is there", defect);
        }
    }

    @Override
    public void close() {
        teller.shutdownNow();
        heart.shutdownNow();
    }
}
