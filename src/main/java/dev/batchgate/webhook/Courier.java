package dev.batchgate.webhook;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import dev.batchgate.ingestion.DeliveryWatcher;
import dev.batchgate.ingestion.Outbox;
import dev.batchgate.ingestion.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Takes out of the outbox what is due, has it sent and records what came of it, apart from all that dispatches. What it has
 * claimed and not recorded, for whatever reason, is due again when the lease is over.
 *
 * <p>One thread of its own looks for what is due; each attempt has a thread. Whoever ends an attempt wakes the one that
 * looks. Stopped by the thread that closes the application.
 */
final class Courier implements SmartLifecycle, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Courier.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private static final Duration RECORD_AGAIN_AFTER = Duration.ofSeconds(1);

    /** How long a stop waits for answers, and then for what has been cut off. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration LAST_GRACE = Duration.ofSeconds(2);

    /** Looked at together; those of hosts that are busy may be among them. */
    private static final int PAGE = 500;

    private final Outbox outbox;
    private final Post post;
    private final Judge judge;
    private final List<DeliveryWatcher> watchers;
    private final UnderWay underWay;
    private final Duration lease;
    private final LongSupplier nanos;
    private final boolean configured;
    private final ExecutorService senders = Executors.newCachedThreadPool(new CustomizableThreadFactory("webhook-"));
    private final Semaphore news = new Semaphore(0);
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean running;
    private boolean inTrouble;

    /** @param nanos a monotonic clock, which goes on while this process is stopped */
    Courier(
            Outbox outbox,
            Post post,
            Judge judge,
            List<DeliveryWatcher> watchers,
            WebhookProperties properties,
            LongSupplier nanos) {
        this.outbox = outbox;
        this.post = post;
        this.judge = judge;
        this.watchers = List.copyOf(watchers);
        this.underWay = new UnderWay(properties.maxInFlight(), properties.maxInFlightPerHost());
        this.lease = properties.timeout().multipliedBy(2).plusSeconds(30);
        this.nanos = nanos;
        this.configured = !properties.secrets().isEmpty();
    }

    @Override
    public boolean isAutoStartup() {
        return configured;
    }

    @Override
    public void start() {
        running = true;
        new Thread(this::run, "webhooks").start();
    }

    private void run() {
        while (running) {
            boolean more = false;
            try {
                more = sendDue();
                inTrouble = false;
            } catch (RuntimeException | Error failure) {
                trouble(failure);
            }
            try {
                if (!more && news.tryAcquire(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException stray) {
                log.debug("Nobody ends this thread but a stop", stray);
            }
        }
    }

    private void trouble(Throwable failure) {
        log.atLevel(failure instanceof Unavailable ? Level.DEBUG : inTrouble ? Level.DEBUG : Level.ERROR)
                .setCause(failure)
                .log("Nothing can be sent to receivers at the moment");
        inTrouble = true;
    }

    /** Begins as many attempts as there is room for; returns whether there may be room and work for more. */
    boolean sendDue() {
        if (!underWay.hasRoom()) {
            return false;
        }
        List<Outbox.Due> due = new ArrayList<>(outbox.due(underWay.fullHosts(), underWay.mostPerHost(), PAGE));
        // Else all replicas would go for the same.
        Collections.shuffle(due);
        List<Outbox.Due> chosen = underWay.enter(due);
        if (chosen.isEmpty()) {
            return false;
        }
        List<Outbox.Due> left = new ArrayList<>(chosen);
        try {
            long claimedAt = nanos.getAsLong();
            List<Delivery> claimed =
                    outbox.claim(chosen.stream().map(Outbox.Due::id).toList(), lease);
            for (Delivery delivery : claimed) {
                senders.execute(() -> attempt(delivery, claimedAt));
                left.removeIf(one -> one.id().equals(delivery.id()));
            }
            // What nobody may claim is somebody else's at the moment, and is not asked for again at once.
            return !claimed.isEmpty() && due.size() > claimed.size() && underWay.hasRoom();
        } finally {
            left.forEach(one -> underWay.leave(one.host()));
        }
    }

    private void attempt(Delivery delivery, long claimedAt) {
        try {
            // Else this process was stopped meanwhile, and somebody else may have it.
            if (nanos.getAsLong() - claimedAt < lease.dividedBy(2).toNanos()) {
                post.send(delivery).ifPresent(answer -> record(delivery, judge.judge(delivery, answer)));
            }
        } catch (RuntimeException | Error defect) {
            log.error("{} ended in a defect; it is made again later", delivery, defect);
        } finally {
            underWay.leave(delivery.host());
            news.release();
        }
    }

    /** Again and again while the store is away: what has been received is not to be sent once more for that. */
    private void record(Delivery delivery, Attempt attempt) {
        while (true) {
            try {
                outbox.record(delivery, attempt).ifPresent(state -> recorded(delivery, attempt, state));
                return;
            } catch (Unavailable later) {
                log.debug("{} cannot be recorded at the moment", delivery, later);
            }
            try {
                if (closed.await(RECORD_AGAIN_AFTER.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Each attempt that is on record comes by here. */
    private void recorded(Delivery delivery, Attempt attempt, DeliveryState state) {
        switch (state) {
            case DELIVERED -> log.debug("Made: {}", delivery);
            case PENDING -> log.info("Tried again in {}: {}: {}", attempt.pause(), delivery, attempt.error());
            default -> log.warn("Given up, {}: {}: {}", state.word(), delivery, attempt.error());
        }
        watchers.forEach(watcher -> watcher.attempted(state, attempt.status()));
    }

    @Override
    public void stop(Runnable stopped) {
        running = false;
        underWay.close();
        news.release();
        new Thread(() -> end(stopped), "webhooks-end").start();
    }

    private void end(Runnable stopped) {
        try {
            underWay.awaitNone(GRACE);
            post.cutOff();
            underWay.awaitNone(LAST_GRACE);
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        } finally {
            stopped.run();
        }
    }

    @Override
    public void stop() {
        stop(() -> {});
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public void close() {
        running = false;
        underWay.close();
        closed.countDown();
        post.close();
        senders.shutdownNow();
    }
}
