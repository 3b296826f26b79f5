package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * How many batches wait in each priority, for their first dispatch and for another, and who has them that wait for nothing
 * but a slot; where keys take turns, also for each of them. Not safe for use by several threads.
 */
final class WaitingCounts {

    private final Map<Priority, Long> batches = new EnumMap<>(Priority.class);
    private final Map<Priority, Long> retrying = new EnumMap<>(Priority.class);
    private final Map<String, Long> byOwner = new HashMap<>();
    private final Map<Priority, Ranks<Tracked>> eligible = new EnumMap<>(Priority.class);
    private final Fairness fairness;

    /** Of those that take turns, by name; empty where nobody does. */
    private final Map<Priority, Map<String, Ranks<Tracked>>> shares = new EnumMap<>(Priority.class);

    WaitingCounts(Fairness fairness) {
        this.fairness = fairness;
        for (Priority priority : Priority.values()) {
            eligible.put(priority, new Ranks<>());
            shares.put(priority, new TreeMap<>());
        }
    }

    /** All that waits of an ingestion is counted in. */
    void add(Tracked ingestion) {
        count(ingestion, 1);
    }

    /** All that waits of an ingestion is not counted any more. */
    void remove(Tracked ingestion) {
        count(ingestion, -1);
    }

    private void count(Tracked ingestion, int sign) {
        batches.merge(ingestion.priority(), (long) sign * ingestion.waiting(), Long::sum);
        retrying.merge(ingestion.priority(), (long) sign * ingestion.retrying(), Long::sum);
        countEligible(ingestion, sign * ingestion.eligible());
        countOwner(ingestion, (long) sign * (ingestion.waiting() + ingestion.retrying()));
    }

    private void countOwner(Tracked ingestion, long more) {
        String owner = ingestion.owner();
        if (owner != null) {
            byOwner.merge(owner, more, Long::sum);
        }
    }

    /** All that waits of one owner's. */
    long ofOwner(String owner) {
        return byOwner.getOrDefault(owner, 0L);
    }

    /** The wait of one more batch is over. */
    void addDue(Tracked ingestion) {
        countEligible(ingestion, 1);
    }

    private void countEligible(Tracked ingestion, int more) {
        Priority priority = ingestion.priority();
        eligible(priority).add(ingestion.sequence(), ingestion, more);
        if (fairness.takesTurns() && more != 0) {
            Map<String, Ranks<Tracked>> sharers = Objects.requireNonNull(shares.get(priority));
            String sharer = fairness.sharer(ingestion.owner());
            Ranks<Tracked> own = sharers.computeIfAbsent(sharer, first -> new Ranks<>());
            own.add(ingestion.sequence(), ingestion, more);
            if (own.total() == 0) {
                sharers.remove(sharer);
            }
        }
    }

    /** What waits for nothing but a slot in one priority, for each of those that take turns; all together where nobody does. */
    Collection<Ranks<Tracked>> shares(Priority priority) {
        return fairness.takesTurns()
                ? Objects.requireNonNull(shares.get(priority)).values()
                : List.of(eligible(priority));
    }

    Ranks<Tracked> eligible(Priority priority) {
        return Objects.requireNonNull(eligible.get(priority));
    }

    /** One more batch of an ingestion waits to be dispatched again. */
    void addRetry(Tracked ingestion) {
        retrying.merge(ingestion.priority(), 1L, Long::sum);
        countOwner(ingestion, 1);
    }

    long batches(Priority priority) {
        return batches.getOrDefault(priority, 0L);
    }

    long retrying(Priority priority) {
        return retrying.getOrDefault(priority, 0L);
    }

    long total() {
        long total = 0;
        for (Priority priority : Priority.values()) {
            total += batches(priority) + retrying(priority);
        }
        return total;
    }
}
