package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The oldest ingestion of each key in each priority, one of which is the most urgent where keys take turns or what waits for long
 * is lifted; and whose turn was when. Not safe for use by several threads.
 */
final class Heads {

    private final Fairness fairness;
    private final WaitingCounts counts;

    /** The last slot of each that takes turns. */
    private final Map<Fairness.Turn, Long> turns;

    /**
     * All that waits for nothing but a slot, as told apart as it has to be.
     *
     * @param turns the last slot of each that takes turns
     */
    record Field(List<Line.Queued> queued, Map<Fairness.Turn, Long> turns) {}

    Heads(Fairness fairness, WaitingCounts counts, Map<Fairness.Turn, Long> turns) {
        this.fairness = fairness;
        this.counts = counts;
        this.turns = new HashMap<>(turns);
    }

    /** Whether priority and acceptance alone say who is the most urgent. */
    boolean areNeeded() {
        return !fairness.isStrict();
    }

    /** Null if nobody waits for nothing but a slot. */
    @Nullable
    Tracked mostUrgent(long micros) {
        Tracked first = null;
        for (Priority priority : Priority.values()) {
            for (Ranks<Tracked> share : counts.shares(priority)) {
                Tracked head = share.head();
                if (head != null && (first == null || goesBefore(head, first, micros))) {
                    first = head;
                }
            }
        }
        return first;
    }

    private boolean goesBefore(Tracked one, Tracked other, long micros) {
        int rank = rank(one, micros);
        int compared = Integer.compare(rank, rank(other, micros));
        if (compared == 0) {
            compared = Long.compare(lastSlot(rank, one), lastSlot(rank, other));
        }
        return compared < 0 || (compared == 0 && one.sequence() < other.sequence());
    }

    /** In force at that moment. */
    int rank(Tracked ingestion, long micros) {
        return fairness.rank(ingestion.priority(), ingestion.createdAtMicros(), micros);
    }

    /** Of whoever takes turns with an ingestion's batches in a rank; 0 if there was none. */
    private long lastSlot(int rank, Tracked ingestion) {
        return turns.getOrDefault(fairness.turn(rank, ingestion.owner()), 0L);
    }

    /** A slot was given. */
    void given(Choice choice, long slot) {
        if (fairness.takesTurns()) {
            turns.put(fairness.turn(choice.rank(), choice.ingestion().owner()), slot);
        }
    }

    /** What was up to that slot does not count any more. */
    void forget(long upToSlot) {
        turns.values().removeIf(slot -> slot <= upToSlot);
    }

    /** @param apart are told apart from all others */
    Field field(long nowMicros, List<Tracked> apart) {
        long[] sequences = apart.stream().mapToLong(Tracked::sequence).sorted().toArray();
        List<Line.Queued> queued = new ArrayList<>();
        for (Priority priority : Priority.values()) {
            for (Ranks<Tracked> share : counts.shares(priority)) {
                long young = share.firstOf(one -> fairness.isToBeLifted(priority, one.createdAtMicros(), nowMicros));
                share.grouped(sequences, young)
                        .forEach(entry -> queued.add(new Line.Queued(priority, entry.ingestion(), entry.batches())));
            }
        }
        return new Field(queued, Map.copyOf(turns));
    }
}
