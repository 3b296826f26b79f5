package dev.batchgate.edge;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs tasks in the order in which they come, whoever hands them in, on threads that are not started in that order. The JDK's
 * scheduler of virtual threads has several lines for what platform threads start, each thread its own, and stays with one for as
 * long as there is anybody in it: while the container hears from many clients, what another thread has to hand in is not run for
 * seconds. See docs/decisions/0033.
 *
 * <p>Any thread enters. A thread is started for each task, and takes the oldest that waits, which may be another one.
 */
final class FifoExecutor implements Executor {

    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final Executor threads;
    private final Runnable turn = this::takeTurn;

    /** Tasks that wait and have lost their thread; a thread that is done with one takes them. */
    private final AtomicInteger threadless = new AtomicInteger();

    /** @param threads runs each task in a thread of its own */
    FifoExecutor(Executor threads) {
        this.threads = threads;
    }

    /**
     * Returns at once. Throws whatever kept a thread from being started for it, which the container wraps as it likes; it will
     * not be run then.
     */
    @Override
    public void execute(Runnable task) {
        waiting.add(task);
        try {
            threads.execute(turn);
        } catch (RuntimeException | Error noThread) {
            if (waiting.remove(task)) {
                throw noThread;
            }
            // Another one's thread has taken it, and that one is left without.
            threadless.incrementAndGet();
        }
    }

    private void takeTurn() {
        do {
            Runnable oldest = waiting.poll();
            // A thread of which starting it failed may run all the same, later on, and find that nobody waits.
            if (oldest != null) {
                oldest.run();
            }
        } while (threadless.getAndUpdate(some -> Math.max(0, some - 1)) > 0);
    }
}
