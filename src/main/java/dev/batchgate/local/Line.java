package dev.batchgate.local;

import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, most urgent first: one entry for each ingestion, whatever its size. Only what is on stable storage is in
 * it.
 *
 * <p>The journal's thread reserves room and lets in, the dispatcher's chooses, anyone asks. {@code deciding} guards all
 * fields, so that a choice and what there was to choose from are one. Nobody waits inside it but for an arrival; an
 * ingestion's monitor may be taken there.
 */
final class Line {

    /** Within a priority, the most urgent is the oldest. */
    private static final BinaryOperator<Tracked> OLDER = BinaryOperator.minBy(Tracked.MOST_URGENT_FIRST);

    private final PriorityBlockingQueue<Tracked> waiting = new PriorityBlockingQueue<>(1024, Tracked.MOST_URGENT_FIRST);
    private final ReentrantLock deciding = new ReentrantLock();
    private final Condition arrived = deciding.newCondition();
    private final Map<Priority, Long> batches = new EnumMap<>(Priority.class);
    private final Deque<Backlog.Lost> lost;
    private final long maxBatches;

    private @Nullable Tracked inHand;
    private long reserved;
    private long newest;

    Line(Backlog backlog, long maxBatches) {
        this.lost = new ArrayDeque<>(backlog.lost());
        this.newest = backlog.newest();
        this.maxBatches = maxBatches;
        backlog.open().stream().filter(ingestion -> ingestion.waiting() > 0).forEach(this::put);
    }

    /**
     * Keeps room for batches that are about to be written, if there is room.
     *
     * @return how many slots have to pass before there is; 0 if it has been reserved
     */
    long reserve(int added) {
        deciding.lock();
        try {
            long excess = total() + reserved + added - maxBatches;
            if (excess > 0) {
                return excess + lost.size();
            }
            reserved += added;
            return 0;
        } finally {
            deciding.unlock();
        }
    }

    void release(int added) {
        deciding.lock();
        try {
            reserved -= added;
        } finally {
            deciding.unlock();
        }
    }

    /** Lets an ingestion in that room was reserved for; the next choice counts it in. */
    void enter(Tracked ingestion) {
        deciding.lock();
        try {
            reserved -= ingestion.waiting();
            newest = ingestion.sequence();
            put(ingestion);
            arrived.signal();
        } finally {
            deciding.unlock();
        }
    }

    private void put(Tracked ingestion) {
        waiting.put(ingestion);
        batches.merge(ingestion.priority(), (long) ingestion.waiting(), Long::sum);
    }

    /**
     * Waits until there is something to choose, and takes the most urgent in hand. It is decided inside the lock:
     * whoever was let in before counts. Whoever chooses either takes it away or puts it back.
     */
    Choice choose() throws InterruptedException {
        deciding.lockInterruptibly();
        try {
            while (lost.isEmpty() && waiting.isEmpty()) {
                arrived.await();
            }
            Backlog.Lost again = lost.peek();
            if (again != null) {
                Tracked ingestion = again.ingestion();
                int attempt = ingestion.unknownOutcomes(again.batch()) + 1;
                return new Choice(ingestion, ingestion.batch(again.batch()), attempt, newest);
            }
            Tracked mostUrgent = waiting.element();
            Choice choice = new Choice(mostUrgent, mostUrgent.next(), 1, newest);
            inHand = waiting.remove();
            return choice;
        } finally {
            deciding.unlock();
        }
    }

    /** The chosen batch is dispatched; what is left of its ingestion waits on. */
    void takeAway(Choice choice) {
        deciding.lock();
        try {
            if (choice.repeats()) {
                lost.remove();
            } else {
                choice.ingestion().begin();
                batches.merge(choice.ingestion().priority(), -1L, Long::sum);
                putBack();
            }
        } finally {
            deciding.unlock();
        }
    }

    /** What was in hand waits again, if there is anything left of it. */
    void putBack() {
        deciding.lock();
        try {
            if (inHand != null && inHand.waiting() > 0) {
                waiting.put(inHand);
            }
            inHand = null;
        } finally {
            deciding.unlock();
        }
    }

    /**
     * What waits in each priority, all of one moment. Copies the queue inside the lock, some 4 ms with a million
     * ingestions, and walks the copy outside of it, some 0.1 s.
     */
    Map<Priority, QueueState.Waiting> state() {
        List<Tracked> all;
        Map<Priority, Long> counts;
        deciding.lock();
        try {
            all = new ArrayList<>(waiting);
            if (inHand != null) {
                all.add(inHand);
            }
            counts = new EnumMap<>(batches);
        } finally {
            deciding.unlock();
        }
        Map<Priority, Tracked> oldest = new EnumMap<>(Priority.class);
        all.forEach(ingestion -> oldest.merge(ingestion.priority(), ingestion, OLDER));
        Map<Priority, QueueState.Waiting> state = new EnumMap<>(Priority.class);
        for (Priority priority : Priority.values()) {
            Tracked first = oldest.get(priority);
            state.put(
                    priority,
                    new QueueState.Waiting(
                            counts.getOrDefault(priority, 0L), first == null ? null : first.createdAt()));
        }
        return state;
    }

    private long total() {
        return batches.values().stream().mapToLong(Long::longValue).sum();
    }
}
