package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who waits, most urgent first: one entry for each ingestion of which any batch waits for nothing but a slot, whatever
 * its size; and beside it who waits for the time of a retry. Only what is on stable storage is in it.
 *
 * <p>The journal's thread changes it and chooses, the dispatcher's waits, anyone asks. {@code deciding} guards all
 * fields, so that a choice and what there was to choose from are one. Nobody waits inside it; an ingestion's monitor may
 * be taken there.
 */
final class Line {

    /** Within a priority, the most urgent is the oldest. */
    private static final BinaryOperator<Tracked> OLDER = BinaryOperator.minBy(Tracked.MOST_URGENT_FIRST);

    private final PriorityBlockingQueue<Tracked> waiting = new PriorityBlockingQueue<>(1024, Tracked.MOST_URGENT_FIRST);
    private final PriorityQueue<Wait> waits = new PriorityQueue<>(Comparator.comparingLong(Wait::dueTicks));
    private final ReentrantLock deciding = new ReentrantLock();
    private final Semaphore arrived = new Semaphore(0);
    private final WaitingCounts counts;
    private final Heads heads;
    private final long maxBatches;
    private final Ticker ticker;

    private @Nullable Tracked inHand;
    private long reserved;
    private final Map<String, Long> reservedByOwner = new HashMap<>();
    private long newest;

    /** Since when there has been somebody to choose, while there is. */
    private long eligibleSince;

    /** The wait of one batch; it may have ended another way before it is over. */
    record Wait(long dueTicks, Tracked ingestion, int batch) {}

    Line(Backlog backlog, Fairness fairness, long maxBatches, Ticker ticker) {
        this.counts = new WaitingCounts(fairness);
        this.heads = new Heads(fairness, counts, backlog.turns());
        this.newest = backlog.newest();
        this.maxBatches = maxBatches;
        this.ticker = ticker;
        backlog.open().forEach(this::join);
    }

    /**
     * Keeps room for batches that are about to be written, if there is room.
     *
     * @param owner in whose quota they count as long as they have not entered; null if in nobody's
     * @return how many slots have to pass before there is; 0 if it has been reserved
     */
    long reserve(int added, @Nullable String owner) {
        return locked(() -> {
            long excess = counts.total() + reserved + added - maxBatches;
            if (excess <= 0) {
                keep(added, owner);
            }
            return Math.max(0, excess);
        });
    }

    void release(int added, @Nullable String owner) {
        locked(() -> keep(-added, owner));
    }

    private long keep(int added, @Nullable String owner) {
        if (owner != null) {
            reservedByOwner.merge(owner, (long) added, Long::sum);
        }
        return reserved += added;
    }

    /** Batches of that owner's that wait, or that room has been reserved for. */
    long waiting(String owner) {
        return locked(() -> counts.ofOwner(owner) + reservedByOwner.getOrDefault(owner, 0L));
    }

    /** Lets an ingestion in that room was reserved for; the next choice counts it in. */
    void enter(Tracked ingestion) {
        locked(() -> {
            keep(-ingestion.waiting(), ingestion.owner());
            newest = ingestion.sequence();
            return join(ingestion);
        });
    }

    private boolean join(Tracked ingestion) {
        counts.add(ingestion);
        ingestion.retries().forEach(retry -> waits.add(new Wait(retry.due().ticks(), ingestion, retry.batch())));
        return put(ingestion, ticker.nanos());
    }

    /** @param since when it became eligible, at the latest */
    private boolean put(Tracked ingestion, long since) {
        if (!ingestion.isQueued() && ingestion.isEligible()) {
            eligibleSince = waiting.isEmpty() ? since : eligibleSince;
            ingestion.setQueued(true);
            waiting.put(ingestion);
        }
        arrived.release();
        return true;
    }

    /** What happens to an ingestion that may be in the line already; the next choice counts it in. */
    void change(Tracked ingestion, Runnable change) {
        locked(() -> {
            long since = waiting.isEmpty() ? ticker.nanos() : eligibleSince;
            counts.remove(ingestion);
            if (ingestion.isQueued()) {
                // Walks over all entries, some 0.5 ms with a million of them; but orders are rare.
                waiting.remove(ingestion);
                ingestion.setQueued(false);
            }
            int retries = ingestion.retrying();
            change.run();
            if (retries > 0 && ingestion.retrying() == 0) {
                // Else what has ended would be remembered until its time has come.
                waits.removeIf(wait -> wait.ingestion() == ingestion);
            }
            counts.add(ingestion);
            return put(ingestion, since);
        });
    }

    /** Failed batches of an ingestion, which may be in the line already, are to be dispatched again; room is reserved. */
    void reenter(Tracked ingestion, List<Retry> retries) {
        locked(() -> {
            change(ingestion, () -> retries.forEach(ingestion::retried));
            retries.forEach(retry -> waits.add(new Wait(retry.due().ticks(), ingestion, retry.batch())));
            reserved -= retries.size();
            return true;
        });
    }

    /** What has come back incomplete waits for its time. */
    void await(Tracked ingestion, Retry retry) {
        locked(() -> {
            waits.add(new Wait(retry.due().ticks(), ingestion, retry.batch()));
            counts.addRetry(ingestion);
            arrived.release();
            return true;
        });
    }

    /** Returns once there may be something to choose. One thread. */
    void awaitEligible(Ticker ticker) throws InterruptedException {
        ticker.await(() -> eligibleAt(ticker.nanos()), arrived);
    }

    private OptionalLong eligibleAt(long now) {
        return locked(() -> {
            Wait first = waits.peek();
            return !waiting.isEmpty()
                    ? OptionalLong.of(now)
                    : first == null ? OptionalLong.empty() : OptionalLong.of(first.dueTicks());
        });
    }

    /** Since when there has been a batch to choose at {@code now}; empty if there is none. */
    OptionalLong eligibleSince(long now) {
        return locked(() -> {
            Wait first = waits.peek();
            return !waiting.isEmpty() || inHand != null
                    ? OptionalLong.of(eligibleSince)
                    : first != null && first.dueTicks() <= now
                            ? OptionalLong.of(first.dueTicks())
                            : OptionalLong.empty();
        });
    }

    /**
     * Takes the most urgent ingestion in hand that has a batch to be dispatched at {@code now}. Whoever chooses either
     * takes the batch away or puts the ingestion back.
     */
    Optional<Choice> choose(Moment now) {
        return locked(() -> {
            release(now.ticks());
            Tracked mostUrgent = heads.areNeeded() ? pick(now.micros()) : waiting.poll();
            inHand = mostUrgent;
            if (mostUrgent == null) {
                return Optional.empty();
            }
            mostUrgent.setQueued(false);
            return Optional.of(mostUrgent.choose(newest, heads.rank(mostUrgent, now.micros())));
        });
    }

    private @Nullable Tracked pick(long micros) {
        Tracked first = heads.mostUrgent(micros);
        if (first != null) {
            // Walks over those before it in the heap, all of them at worst.
            waiting.remove(first);
        }
        return first;
    }

    private void release(long now) {
        for (Wait wait = waits.peek(); wait != null && wait.dueTicks() <= now; wait = waits.peek()) {
            waits.remove();
            if (wait.ingestion().comeDue(wait.batch(), wait.dueTicks())) {
                counts.addDue(wait.ingestion());
                put(wait.ingestion(), wait.dueTicks());
            }
        }
    }

    /** Sequence of the newest ingestion that has come in. */
    long newest() {
        return locked(() -> newest);
    }

    /**
     * What waits: eligible batches of others and of the ingestion itself, none if it is not in the line, and all that wait for
     * their time. All of one moment; changes nothing.
     */
    record Others(long higher, long earlier, long own, long behind, List<Wait> waits, Heads.@Nullable Field field) {}

    /** @param nowMicros where it matters for whom is before whom, all that waits is told as of that moment */
    Others others(Tracked ingestion, long nowMicros) {
        return locked(() -> {
            long higher = 0;
            long total = 0;
            for (Priority priority : Priority.values()) {
                long batches = counts.eligible(priority).total();
                higher += priority.compareTo(ingestion.priority()) < 0 ? batches : 0;
                total += batches;
            }
            Ranks<Tracked> same = counts.eligible(ingestion.priority());
            long earlier = same.before(ingestion.sequence());
            long own = same.before(ingestion.sequence() + 1) - earlier;
            Heads.Field field = heads.areNeeded() ? heads.field(nowMicros, List.of(ingestion)) : null;
            return new Others(higher, earlier, own, total - higher - earlier - own, List.copyOf(waits), field);
        });
    }

    /** All that waits, and of those from a rank on, some of the most urgent; where that is not told by counts. */
    record Rivals(Heads.Field field, List<Tracked> apart, long further, List<Wait> waits) {}

    /** @param most of them, beside those that may wait for their time */
    Rivals rivals(int fromRank, int most, long nowMicros) {
        return locked(() -> {
            long further = 0;
            List<Tracked> apart = new ArrayList<>();
            for (Priority each : Priority.values()) {
                if (Fairness.rank(each) >= fromRank) {
                    Ranks<Tracked> eligible = counts.eligible(each);
                    further += eligible.total();
                    for (Ranks.Entry<Tracked> entry : eligible.first(Math.max(0, most - apart.size()))) {
                        apart.add(entry.ingestion());
                        further -= entry.batches();
                    }
                }
            }
            return new Rivals(heads.field(nowMicros, apart), apart, further, List.copyOf(waits));
        });
    }

    /**
     * What is before a submission of one priority, and what is behind it: of the latter the most urgent ingestions, with
     * the batches that they have. Changes nothing.
     *
     * @param lower all of the latter
     */
    record Behind(long higher, long earlier, long lower, List<Queued> first, List<Wait> waits) {}

    /** An ingestion, in the priority that it has at that moment. */
    record Queued(Priority priority, Tracked ingestion, long batches) {}

    /** @param most of the most urgent ingestions, beside those that may wait for their time */
    Behind behind(Priority priority, int most) {
        return locked(() -> {
            long higher = 0;
            long lower = 0;
            List<Queued> first = new ArrayList<>();
            for (Priority each : Priority.values()) {
                Ranks<Tracked> eligible = counts.eligible(each);
                if (each.compareTo(priority) < 0) {
                    higher += eligible.total();
                } else if (each.compareTo(priority) > 0) {
                    lower += eligible.total();
                    eligible.first(most + waits.size() - first.size())
                            .forEach(entry -> first.add(new Queued(each, entry.ingestion(), entry.batches())));
                }
            }
            return new Behind(higher, counts.eligible(priority).total(), lower, first, List.copyOf(waits));
        });
    }

    /** The chosen batch is dispatched in that slot; what is left of its ingestion waits on. */
    void takeAway(Choice choice, long slot, long micros) {
        locked(() -> {
            Tracked ingestion = choice.ingestion();
            heads.given(choice, slot);
            counts.remove(ingestion);
            ingestion.dispatched(choice.index(), micros);
            counts.add(ingestion);
            return putBack();
        });
    }

    /** The ledger ends after that slot; what it does not tell of any more, does not count. */
    void forgetTurns(long upToSlot) {
        locked(() -> {
            heads.forget(upToSlot);
            return true;
        });
    }

    /** What was in hand waits again, if there is anything left of it. */
    boolean putBack() {
        return locked(() -> {
            Tracked back = inHand;
            inHand = null;
            return back != null && put(back, eligibleSince);
        });
    }

    /** What waits in each priority, all of one moment. Walks over all that waits for the time of a retry. */
    Map<Priority, QueueState.Waiting> state() {
        return locked(() -> {
            Map<Priority, Tracked> oldest = new EnumMap<>(Priority.class);
            for (Priority priority : Priority.values()) {
                counts.eligible(priority).first(1).forEach(entry -> oldest.put(priority, entry.ingestion()));
            }
            waits.stream()
                    .map(Wait::ingestion)
                    .filter(ingestion -> ingestion.retrying() > 0)
                    .forEach(ingestion -> oldest.merge(ingestion.priority(), ingestion, OLDER));
            Map<Priority, QueueState.Waiting> state = new EnumMap<>(Priority.class);
            for (Priority priority : Priority.values()) {
                Tracked head = oldest.get(priority);
                state.put(
                        priority,
                        new QueueState.Waiting(
                                counts.batches(priority),
                                counts.retrying(priority),
                                head == null ? null : head.createdAt()));
            }
            return state;
        });
    }

    /** Whether no batch waits at all, neither for a slot nor for its time. */
    boolean isEmpty() {
        return locked(() -> counts.total() == 0);
    }

    private <T> T locked(Supplier<T> action) {
        deciding.lock();
        try {
            return action.get();
        } finally {
            deciding.unlock();
        }
    }
}
