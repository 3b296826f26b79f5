package dev.batchgate.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** How long the last fetches took that brought all that they were to. Any thread may enter; guarded by this. */
final class FetchTimes {

    private static final int KEPT = 20;

    private final Deque<Long> nanos = new ArrayDeque<>();
    private long sum;

    /** @param recent those that went before, the latest last */
    FetchTimes(List<Long> recent) {
        recent.forEach(this::add);
    }

    synchronized void add(long took) {
        long counted = Math.max(0, took);
        nanos.addLast(counted);
        sum += counted;
        if (nanos.size() > KEPT) {
            sum -= nanos.removeFirst();
        }
    }

    /** In nanoseconds; 0 as long as nobody knows. */
    synchronized long mean() {
        return nanos.isEmpty() ? 0 : sum / nanos.size();
    }
}
