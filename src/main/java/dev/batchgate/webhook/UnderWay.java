package dev.batchgate.webhook;

import dev.batchgate.ingestion.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * How many attempts are under way, and to whom: so that one slow receiver does not hold up the others. Any thread may
 * enter; the monitor guards all of it.
 */
final class UnderWay {

    private final int most;
    private final int mostPerHost;
    private final Map<String, Integer> byHost = new HashMap<>();
    private int all;
    private boolean closed;

    UnderWay(int most, int mostPerHost) {
        this.most = most;
        this.mostPerHost = mostPerHost;
    }

    int mostPerHost() {
        return mostPerHost;
    }

    synchronized boolean hasRoom() {
        return !closed && all < most;
    }

    /** Those that nothing more is to be sent to for now. */
    synchronized Set<String> fullHosts() {
        return byHost.entrySet().stream()
                .filter(host -> host.getValue() >= mostPerHost)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /** Lets in as many as there is room for, in their order. Each of them has to {@link #leave}. */
    synchronized List<Outbox.Due> enter(List<Outbox.Due> due) {
        List<Outbox.Due> entered = new ArrayList<>();
        for (Outbox.Due one : due) {
            if (hasRoom() && byHost.getOrDefault(one.host(), 0) < mostPerHost) {
                byHost.merge(one.host(), 1, Integer::sum);
                all++;
                entered.add(one);
            }
        }
        return entered;
    }

    synchronized void leave(String host) {
        byHost.computeIfPresent(host, (same, count) -> count == 1 ? null : count - 1);
        all--;
        notifyAll();
    }

    /** Lets nobody in any more. */
    synchronized void close() {
        closed = true;
    }

    /** Waits until none is left, or the time is up. */
    synchronized void awaitNone(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos(); all > 0 && left > 0; left = end - System.nanoTime()) {
            // A millisecond more, since zero would mean for ever.
            wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        }
    }
}
