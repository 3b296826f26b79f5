package dev.batchgate.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How many batches each ingestion of one priority has that wait for nothing but a slot, in the order of the ingestions, and
 * how many that makes before any of them. Not safe for use by several threads.
 *
 * <p>Sorted blocks of up to {@code RanksBlock.MOST} ingestions, and over the blocks a binary indexed tree (P. Fenwick, "A new data
 * structure for cumulative frequency tables", 1994), made anew when a block is added or goes: O(log n), some 30 bytes an
 * ingestion.
 *
 * @param <T> an ingestion
 */
final class Ranks<T> {

    private static final int FEW_BLOCKS = 8;

    private final List<RanksBlock<T>> blocks = new ArrayList<>();
    private long[] tree = new long[1];
    private long total;

    /** So many batches of an ingestion; or of several that come one after the other, by the first of them. */
    record Entry<T>(T ingestion, long batches) {}

    long total() {
        return total;
    }

    /** So many more batches of an ingestion, or fewer. */
    void add(long sequence, T ingestion, int more) {
        if (more == 0) {
            return;
        }
        total += more;
        int number = block(sequence);
        if (number < 0) {
            number = 0;
            blocks.add(0, new RanksBlock<>());
            index();
        }
        RanksBlock<T> block = blocks.get(number);
        int at = block.find(sequence);
        if (at >= 0) {
            block.batches[at] += more;
            block.sum += more;
            if (block.batches[at] == 0) {
                block.remove(at);
            }
        } else if (block.size < RanksBlock.MOST) {
            block.insert(-at - 1, sequence, ingestion, more);
        } else {
            boolean isLast = number == blocks.size() - 1 && -at - 1 == RanksBlock.MOST;
            blocks.add(number + 1, isLast ? new RanksBlock<>() : block.split());
            RanksBlock<T> next = blocks.get(number + 1);
            RanksBlock<T> home = isLast || sequence >= next.sequences[0] ? next : block;
            home.insert(-home.find(sequence) - 1, sequence, ingestion, more);
            index();
            return;
        }
        if (block.size == 0) {
            blocks.remove(number);
            index();
            return;
        }
        for (int i = number + 1; i < tree.length; i += i & -i) {
            tree[i] += more;
        }
    }

    /** Batches of the ingestions before this one. */
    long before(long sequence) {
        int number = block(sequence);
        if (number < 0) {
            return 0;
        }
        long sum = 0;
        for (int i = number; i > 0; i -= i & -i) {
            sum += tree[i];
        }
        RanksBlock<T> block = blocks.get(number);
        int at = block.find(sequence);
        return sum + block.sum(at < 0 ? -at - 1 : at);
    }

    /** The first ingestions with any batches, at most so many. */
    List<Entry<T>> first(int most) {
        List<Entry<T>> first = new ArrayList<>();
        for (RanksBlock<T> block : blocks) {
            for (int i = 0; i < block.size; i++) {
                if (first.size() == most) {
                    return first;
                }
                first.add(new Entry<>(block.ingestions.get(i), block.batches[i]));
            }
        }
        return first;
    }

    /** The oldest ingestion with any batches; null if there is none. */
    @Nullable
    T head() {
        return blocks.isEmpty() ? null : blocks.get(0).ingestions.get(0);
    }

    /** The sequence from which on something is true of all; above all sequences if it is of none. */
    long firstOf(Predicate<T> isTrue) {
        int from = 0;
        int to = blocks.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            RanksBlock<T> block = blocks.get(middle);
            if (isTrue.test(block.ingestions.get(block.size - 1))) {
                to = middle;
            } else {
                from = middle + 1;
            }
        }
        if (from == blocks.size()) {
            return Long.MAX_VALUE;
        }
        RanksBlock<T> block = blocks.get(from);
        int at = 0;
        while (!isTrue.test(block.ingestions.get(at))) {
            at++;
        }
        return block.sequences[at];
    }

    /**
     * All of them: one by one those that are {@code apart}, and those from {@code young} on unless they are many, of which those of
     * one block are together; of the rest as many together as come one after the other, with none in between that is apart,
     * be it of this priority or not.
     *
     * @param apart sequences, sorted
     */
    List<Entry<T>> grouped(long[] apart, long young) {
        boolean manyAreYoung = young < Long.MAX_VALUE && blocks.size() - block(young) > FEW_BLOCKS;
        List<Entry<T>> groups = new ArrayList<>();
        List<Entry<T>> together = new ArrayList<>();
        int gap = 0;
        for (RanksBlock<T> block : blocks) {
            long first = block.sequences[0];
            long last = block.sequences[block.size - 1];
            int gapOfFirst = firstAtOrAfter(apart, first);
            boolean isOld = last < young;
            if (gapOfFirst == firstAtOrAfter(apart, last + 1) && (isOld || (manyAreYoung && first >= young))) {
                if (gapOfFirst != gap || !isOld) {
                    join(together, groups);
                    gap = gapOfFirst;
                }
                together.add(new Entry<>(block.ingestions.get(0), block.sum));
                continue;
            }
            for (int i = 0; i < block.size; i++) {
                long sequence = block.sequences[i];
                int gapOfThis = firstAtOrAfter(apart, sequence);
                boolean isAlone = sequence >= young || (gapOfThis < apart.length && apart[gapOfThis] == sequence);
                if (gapOfThis != gap || isAlone) {
                    join(together, groups);
                    gap = gapOfThis;
                }
                together.add(new Entry<>(block.ingestions.get(i), block.batches[i]));
                if (isAlone) {
                    join(together, groups);
                }
            }
        }
        join(together, groups);
        return groups;
    }

    private static int firstAtOrAfter(long[] apart, long sequence) {
        int found = Arrays.binarySearch(apart, sequence);
        return found < 0 ? -found - 1 : found;
    }

    private static <T> void join(List<Entry<T>> together, List<Entry<T>> groups) {
        if (!together.isEmpty()) {
            long batches = together.stream().mapToLong(Entry::batches).sum();
            groups.add(new Entry<>(together.get(0).ingestion(), batches));
            together.clear();
        }
    }

    /** The last block that begins at or before it, or the first one; -1 if there is none. */
    private int block(long sequence) {
        int from = 0;
        int to = blocks.size();
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (blocks.get(middle).sequences[0] <= sequence) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return blocks.isEmpty() ? -1 : Math.max(0, from - 1);
    }

    private void index() {
        tree = new long[blocks.size() + 1];
        for (int i = 1; i < tree.length; i++) {
            tree[i] += blocks.get(i - 1).sum;
            int parent = i + (i & -i);
            if (parent < tree.length) {
                tree[parent] += tree[i];
            }
        }
    }
}
