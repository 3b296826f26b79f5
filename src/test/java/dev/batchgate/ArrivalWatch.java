package dev.batchgate;

import java.io.IOException;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A look at every connection, once a millisecond, for requests that have come: none came before the last look that saw
 * nothing, however late this machine lets anybody notice it.
 *
 * <p>One thread looks; the thread of each connection waits for it, and reads nothing before.
 */
final class ArrivalWatch implements AutoCloseable {

    private static final long BETWEEN_LOOKS = TimeUnit.MICROSECONDS.toNanos(500);

    /** A request came after the one and before the other. */
    record Noticed(long notBefore, long nanos) {}

    private static final class Wait {
        private long empty;
        private Noticed noticed;

        private Wait(long empty) {
            this.empty = empty;
        }
    }

    private final Map<Socket, Wait> waiting = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::look, "arrivals");
    private volatile boolean closed;

    ArrivalWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Waits until something has come; for ever, if the other side closes instead.
     *
     * @param empty when nothing had come yet for certain
     */
    Noticed await(Socket connection, long empty) throws InterruptedException {
        Wait wait = new Wait(empty);
        waiting.put(connection, wait);
        try {
            synchronized (wait) {
                while (wait.noticed == null) {
                    wait.wait();
                }
                return wait.noticed;
            }
        } finally {
            waiting.remove(connection);
        }
    }

    private void look() {
        while (!closed) {
            waiting.forEach(ArrivalWatch::look);
            LockSupport.parkNanos(BETWEEN_LOOKS);
        }
    }

    private static void look(Socket connection, Wait wait) {
        long before = System.nanoTime();
        boolean isEmpty;
        try {
            isEmpty = connection.getInputStream().available() == 0;
        } catch (IOException closed) {
            // Whoever reads finds out.
            isEmpty = false;
        }
        synchronized (wait) {
            if (isEmpty) {
                wait.empty = before;
            } else if (wait.noticed == null) {
                wait.noticed = new Noticed(wait.empty, System.nanoTime());
                wait.notifyAll();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
