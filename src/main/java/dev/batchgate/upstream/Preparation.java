package dev.batchgate.upstream;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Connections for the next batch, opened while it waits for its slot: to connect only once the slot is open adds to
 * every interval what TCP and TLS take. At most once for each batch that departed, and without a request.
 *
 * <p>The thread that a batch departed on enters {@link #afterDeparture}; all else runs on {@code threads} and shares
 * nothing but the pool of connections. What is held here, no call waits for: the pool has room for all.
 */
final class Preparation {

    private static final Duration LONGEST_LEAD = Duration.ofSeconds(1);

    /** With less there is no time to connect, and connections do not age from one batch to the next. */
    private static final Duration LEAST_LEAD = Duration.ofMillis(50);

    /** How long past the beginning of the slot a connection stands ready. */
    private static final Duration SPARE = Duration.ofMillis(500);

    /** How long a prepared connection may idle at most. */
    static final Duration LONGEST_IDLE = LONGEST_LEAD.plus(SPARE);

    private static final Timeout AT_ONCE = Timeout.ofMilliseconds(1);

    private final PoolingHttpClientConnectionManager connections;
    private final HttpRoute route;
    private final int perBatch;
    private final int atOnce;
    private final Duration interval;
    private final Duration lead;
    private final ExecutorService threads;

    /**
     * @param perBatch connections that a batch needs
     * @param atOnce connections that may be in use by calls together
     * @param threads once shut down, they end this too
     */
    Preparation(
            PoolingHttpClientConnectionManager connections,
            HttpRoute route,
            int perBatch,
            int atOnce,
            Duration interval,
            ExecutorService threads) {
        this.connections = connections;
        this.route = route;
        this.perBatch = perBatch;
        this.atOnce = atOnce;
        this.interval = interval;
        Duration half = interval.dividedBy(2);
        this.lead = half.compareTo(LONGEST_LEAD) < 0 ? half : LONGEST_LEAD;
        this.threads = threads;
    }

    /**
     * Sees to the connections of the batch after the one that departs now.
     *
     * @param answered ends with the batch, whose connections it waits for if they are all there may be
     */
    void afterDeparture(CompletionStage<?> answered) {
        if (lead.compareTo(LEAST_LEAD) < 0) {
            return;
        }
        long slot = System.nanoTime() + interval.toNanos();
        later(interval.minus(lead), () -> {
            if (unused() >= perBatch) {
                prepare();
            } else {
                answered.thenRunAsync(() -> prepareBefore(slot), threads);
            }
        });
    }

    private void prepareBefore(long slot) {
        if (slot - System.nanoTime() > 0) {
            prepare();
        }
    }

    private int unused() {
        return atOnce - connections.getStats(route).getLeased();
    }

    /** All are taken out of the pool before the first goes back, or it would be taken again. */
    private void prepare() {
        List<ConnectionEndpoint> leased = IntStream.range(0, Math.min(perBatch, unused()))
                .mapToObj(i -> lease())
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(ArrayList::new));
        // What went into the pool last comes out first. So that all take turns even if the batches are small, the one
        // that
        // was used last goes back first, and the others on top of it in the order they were in.
        Collections.reverse(leased);
        Collections.rotate(leased, 1);
        CompletableFuture.allOf(leased.stream().map(this::connect).toArray(CompletableFuture<?>[]::new))
                .join();
        later(LONGEST_IDLE, connections::closeExpired);
    }

    private Optional<ConnectionEndpoint> lease() {
        try {
            LeaseRequest request = connections.lease("preparation", route, AT_ONCE, null);
            try {
                return Optional.of(request.get(AT_ONCE));
            } catch (TimeoutException busy) {
                // Asked again, since it may have been granted just before it was called off, and would be lost.
                return Optional.of(request.get(AT_ONCE));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException unavailable) {
            // The call that finds no connection will say what is wrong.
        }
        return Optional.empty();
    }

    private CompletableFuture<Void> connect(ConnectionEndpoint endpoint) {
        if (!endpoint.isConnected()) {
            try {
                return CompletableFuture.runAsync(() -> connectNow(endpoint), threads);
            } catch (RejectedExecutionException | OutOfMemoryError noThread) {
                // What is not connected goes back to be thrown away.
            }
        }
        giveBack(endpoint);
        return CompletableFuture.completedFuture(null);
    }

    private void connectNow(ConnectionEndpoint endpoint) {
        try {
            connections.connect(endpoint, TimeValue.of(lead), HttpClientContext.create());
        } catch (IOException | RuntimeException unavailable) {
            // The call that finds no connection will say what is wrong.
            endpoint.close(CloseMode.IMMEDIATE);
        } finally {
            giveBack(endpoint);
        }
    }

    private void giveBack(ConnectionEndpoint endpoint) {
        if (threads.isShutdown()) {
            // The pool may have been closed before this was connected.
            endpoint.close(CloseMode.IMMEDIATE);
        }
        connections.release(endpoint, null, TimeValue.of(lead.plus(SPARE)));
    }

    private void later(Duration delay, Runnable task) {
        CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, threads)
                .execute(task);
    }
}
