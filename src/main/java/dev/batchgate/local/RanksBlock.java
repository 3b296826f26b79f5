package dev.batchgate.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Some ingestions in their order, and how many batches each has; a part of {@link Ranks}. Not safe for use by several threads. */
final class RanksBlock<T> {
    /** As many as are moved in no time when one comes in between. */
    static final int MOST = 256;

    final List<T> ingestions = new ArrayList<>(MOST);
    final long[] sequences = new long[MOST];
    final int[] batches = new int[MOST];
    int size;
    long sum;

    int find(long sequence) {
        return Arrays.binarySearch(sequences, 0, size, sequence);
    }

    void insert(int at, long sequence, T ingestion, int count) {
        ingestions.add(at, ingestion);
        System.arraycopy(sequences, at, sequences, at + 1, size - at);
        System.arraycopy(batches, at, batches, at + 1, size - at);
        sequences[at] = sequence;
        batches[at] = count;
        size++;
        sum += count;
    }

    void remove(int at) {
        ingestions.remove(at);
        size--;
        sum -= batches[at];
        System.arraycopy(sequences, at + 1, sequences, at, size - at);
        System.arraycopy(batches, at + 1, batches, at, size - at);
    }

    RanksBlock<T> split() {
        RanksBlock<T> upper = new RanksBlock<>();
        int half = size / 2;
        upper.size = size - half;
        System.arraycopy(sequences, half, upper.sequences, 0, upper.size);
        System.arraycopy(batches, half, upper.batches, 0, upper.size);
        List<T> moved = ingestions.subList(half, size);
        upper.ingestions.addAll(moved);
        moved.clear();
        size = half;
        upper.sum = upper.sum(upper.size);
        sum -= upper.sum;
        return upper;
    }

    long sum(int end) {
        long sum = 0;
        for (int i = 0; i < end; i++) {
            sum += batches[i];
        }
        return sum;
    }
}
