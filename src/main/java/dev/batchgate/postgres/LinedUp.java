package dev.batchgate.postgres;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Lineup;
import dev.batchgate.ingestion.Priority;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The ingestions in line of one priority, in the order of their acceptance. Is filled by one thread before others see it. */
final class LinedUp {

    /** With more to be lifted than that, those of a key that were accepted one right after the other are lifted together. */
    private static final int FEW = 2_000;

    private static final int TOGETHER = 256;

    private final Priority priority;
    private long[] sequences = new long[16];
    private long[] created = new long[16];
    private int[] eligible = new int[16];
    private @Nullable String[] owners = new @Nullable String[16];
    private int size;

    /** Ingestions of one key that nobody tells apart. */
    private static final class Group {
        private final int first;
        private final int gap;
        private int members;
        private long batches;

        Group(int first, int gap) {
            this.first = first;
            this.gap = gap;
        }
    }

    LinedUp(Priority priority) {
        this.priority = priority;
    }

    void add(long sequence, int batches, long createdMicros, @Nullable String owner) {
        if (size == sequences.length) {
            sequences = Arrays.copyOf(sequences, 2 * size);
            created = Arrays.copyOf(created, 2 * size);
            eligible = Arrays.copyOf(eligible, 2 * size);
            owners = Arrays.copyOf(owners, 2 * size);
        }
        sequences[size] = sequence;
        eligible[size] = batches;
        created[size] = createdMicros;
        owners[size++] = owner;
    }

    int size() {
        return size;
    }

    /** Adds the sequences of the first of them, until there are so many. */
    void addFirst(List<Long> to, int most) {
        for (int i = 0; i < size && to.size() < most; i++) {
            to.add(sequences[i]);
        }
    }

    /**
     * All but those that are {@code apart}: of each key those together between which none of these was accepted; and those that are still
     * to be lifted one by one, unless they are many.
     *
     * @param apart sequences, sorted
     */
    void group(Fairness fairness, long nowMicros, long[] apart, Consumer<Lineup.Queued> queued) {
        int young = size;
        while (young > 0 && fairness.isToBeLifted(priority, created[young - 1], nowMicros)) {
            young--;
        }
        int together = size - young > FEW ? TOGETHER : 1;
        Map<String, Group> open = new HashMap<>();
        int gap = 0;
        for (int i = 0; i < size; i++) {
            while (gap < apart.length && apart[gap] < sequences[i]) {
                gap++;
            }
            if (gap < apart.length && apart[gap] == sequences[i]) {
                continue;
            }
            String sharer = fairness.sharer(owners[i]);
            Group group = open.get(sharer);
            boolean isYoung = i >= young;
            if (group == null || group.gap != gap || (isYoung && (group.first < young || group.members == together))) {
                if (group != null) {
                    queued.accept(queued(group));
                }
                group = new Group(i, gap);
                open.put(sharer, group);
            }
            group.members++;
            group.batches += eligible[i];
        }
        open.values().forEach(group -> queued.accept(queued(group)));
    }

    private Lineup.Queued queued(Group group) {
        int first = group.first;
        return new Lineup.Queued(
                new Lineup.Place(Rivals.ANYBODY, priority, sequences[first], created[first], owners[first]),
                group.batches);
    }
}
