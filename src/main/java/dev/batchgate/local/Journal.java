package dev.batchgate.local;

import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.Unavailable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Changes on their way to the disk, in the order in which they came: all that wait are written in one transaction
 * (group commit), and whoever asked for one returns when it is on stable storage.
 *
 * <p>Any thread may ask for a change. One platform thread writes, and alone touches the store; whoever waits for nothing urgent is
 * answered by another, so that the next group need not wait for that. {@code trouble} is written by the first and read by any.
 * The monitor guards what waits and {@code closed}, so that nothing comes behind the end; it is held for moments, and once a
 * group by whoever writes.
 */
final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final int MOST_IN_GROUP = 1_000;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);
    private static final long PROBE_MILLIS = 1_000;

    private final Queue<JournalEntry<?>> urgent = new ArrayDeque<>();
    private final Queue<JournalEntry<?>> waiting = new ArrayDeque<>();
    private final JournalEntry<?> end = new JournalEntry<>(store -> "the end");
    private final StoreWriter store;
    private final Telemetry telemetry;
    private final Ticker ticker;
    private final Runnable fatal;
    private final ExecutorService answering = Executors.newSingleThreadExecutor(task -> new Thread(task, "answers"));
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private List<JournalEntry<?>> writing = List.of();

    /** On stable storage and in effect, but not to be told yet. The writer's alone. */
    private final List<JournalEntry<?>> untold = new ArrayList<>();

    private volatile @Nullable Throwable trouble;
    private boolean closed;

    /**
     * Begins to write.
     *
     * @param telemetry is told how long commits take
     * @param ticker by which changes may not be told yet
     * @param fatal what to do when memory and store may have come apart, such as without memory just after a commit:
     *     only a new process can put them together again
     */
    Journal(StoreWriter store, Telemetry telemetry, Ticker ticker, Runnable fatal) {
        this.store = store;
        this.telemetry = telemetry;
        this.ticker = ticker;
        this.fatal = fatal;
        new Thread(this::run, "journal").start();
    }

    /**
     * Returns once the change is on stable storage. An interrupt does not end the wait: what became of it must be
     * known.
     *
     * @throws Unavailable when it could not be written; its effects are undone
     */
    <T> T perform(Change<T> change) {
        try {
            return begin(change).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException refusal ? refusal : failed;
        }
    }

    /**
     * The same without waiting. The answer is given by a thread of the journal's: whoever hears it must not wait for anything.
     *
     * @throws Unavailable when nothing is written any more
     */
    <T> CompletableFuture<T> begin(Change<T> change) {
        JournalEntry<T> entry = new JournalEntry<>(change);
        synchronized (this) {
            if (closed) {
                throw stopping();
            }
            (entry.isUrgent() ? urgent : waiting).add(entry);
            notifyAll();
        }
        return entry.answer();
    }

    /** Why nothing could be written the last time; empty while all is well. */
    Optional<Throwable> trouble() {
        return Optional.ofNullable(trouble);
    }

    private void run() {
        try {
            writeAll();
        } catch (RuntimeException | Error defect) {
            trouble = defect;
            broke(defect);
        } finally {
            untold.forEach(JournalEntry::tell);
            store.close();
            // Behind whoever is in effect and has not been told yet.
            answering.execute(this::refuseTheRest);
            answering.execute(() -> closing.complete(null));
            answering.shutdown();
        }
    }

    private void broke(Throwable defect) {
        log.error("The journal broke; Batchgate ends, and goes on from its store when it is started again", defect);
        fatal.run();
    }

    private synchronized void refuseTheRest() {
        closed = true;
        writing.forEach(entry -> entry.fail(stopping()));
        urgent.forEach(entry -> entry.fail(stopping()));
        waiting.forEach(entry -> entry.fail(stopping()));
    }

    private static Unavailable stopping() {
        return new Unavailable("Batchgate is stopping; try again in a moment.", RETRY_AFTER);
    }

    private void writeAll() {
        for (boolean ended = false; !ended; ) {
            List<JournalEntry<?>> group = nextGroup();
            writing = group;
            ended = group.remove(end);
            if (!group.isEmpty()) {
                write(group);
            } else if (!ended && trouble != null) {
                recover();
            }
            tellWhatMayBeTold();
        }
    }

    /**
     * Waits for changes; while there is trouble, or something to be told later, only for a moment, so that its end is noticed.
     * Urgent ones go first. A change that needs those before it to be in effect begins a group of its own.
     */
    private synchronized List<JournalEntry<?>> nextGroup() {
        List<JournalEntry<?>> group = new ArrayList<>();
        try {
            long atMost = untold.isEmpty() ? trouble == null ? 0 : PROBE_MILLIS : 1;
            for (boolean waited = false; first() == null && (atMost == 0 || !waited); waited = true) {
                wait(atMost);
            }
        } catch (InterruptedException unasked) {
            log.warn("Somebody interrupted the journal, which goes on", unasked);
        }
        JournalEntry<?> next = first();
        while (next != null && group.size() < MOST_IN_GROUP && (group.isEmpty() || !next.needsAllBefore())) {
            (urgent.isEmpty() ? waiting : urgent).remove();
            group.add(next);
            next = first();
        }
        return group;
    }

    private @Nullable JournalEntry<?> first() {
        return urgent.isEmpty() ? waiting.peek() : urgent.peek();
    }

    private void write(List<JournalEntry<?>> group) {
        long start = System.nanoTime();
        try {
            if (trouble != null) {
                store.reopen();
            }
            store.begin();
            for (JournalEntry<?> entry : group) {
                entry.write(store);
            }
            store.commit();
        } catch (StoreWriter.Apart apart) {
            throw apart;
        } catch (SQLException | RuntimeException | Error failure) {
            store.rollback();
            group.forEach(JournalEntry::rolledBack);
            failed(group, failure);
            return;
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        over();
        inEffect(group);
        telemetry.tell(meter -> meter.committed(group.size(), took));
    }

    private void inEffect(List<JournalEntry<?>> group) {
        List<JournalEntry<?>> others = new ArrayList<>();
        try {
            for (JournalEntry<?> entry : group) {
                entry.committed();
                if (!mayBeTold(entry)) {
                    untold.add(entry);
                } else if (entry.isUrgent()) {
                    entry.tell();
                } else {
                    others.add(entry);
                }
            }
        } finally {
            if (!others.isEmpty()) {
                answering.execute(() -> tell(others));
            }
        }
    }

    /** Whoever is not told waits for ever. */
    private void tell(List<JournalEntry<?>> entries) {
        try {
            entries.forEach(JournalEntry::tell);
        } catch (RuntimeException | Error defect) {
            broke(defect);
        }
    }

    private boolean mayBeTold(JournalEntry<?> entry) {
        Moment from = entry.toldFrom();
        return from == null || from.ticks() <= ticker.nanos();
    }

    private void tellWhatMayBeTold() {
        untold.removeIf(entry -> {
            boolean now = mayBeTold(entry);
            if (now) {
                entry.tell();
            }
            return now;
        });
    }

    /** A disk that is full is full for everybody; but one change that the store rejects must not fail the others. */
    private void failed(List<JournalEntry<?>> group, Throwable failure) {
        boolean rejected = failure instanceof SQLiteException sqlite
                && (sqlite.getResultCode().code & 0xFF) == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
        if (rejected && group.size() > 1) {
            group.forEach(entry -> write(List.of(entry)));
        } else if (rejected) {
            group.forEach(
                    entry -> entry.fail(new UncheckedIOException(new IOException("The store rejects it", failure))));
        } else {
            begun(failure);
            group.forEach(entry -> entry.fail(new Unavailable(
                    "Nothing can be stored at the moment, so nothing is accepted; Batchgate's log says why.",
                    RETRY_AFTER,
                    failure)));
        }
    }

    private void recover() {
        try {
            store.reopen();
            over();
        } catch (StoreWriter.Apart apart) {
            throw apart;
        } catch (SQLException | RuntimeException | Error still) {
            trouble = still;
        }
    }

    private void begun(Throwable failure) {
        if (trouble == null) {
            log.error(
                    "The store cannot be written; submissions are refused with 503 until it can: {}",
                    failure.toString());
        }
        trouble = failure;
    }

    private void over() {
        if (trouble != null) {
            log.info("The store can be written again");
            trouble = null;
        }
    }

    /** Writes what has been asked for until now, then closes the store. What is asked for later is refused. */
    @Override
    public void close() {
        synchronized (this) {
            if (!closed) {
                closed = true;
                waiting.add(end);
                notifyAll();
            }
        }
        closing.join();
    }
}
