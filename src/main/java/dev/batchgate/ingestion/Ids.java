package dev.batchgate.ingestion;

import java.util.Arrays;
import java.util.List;

/** The ids of one ingestion in the client's order; immutable, 4 bytes an id while every id fits an int, else 8. */
public sealed interface Ids {

    int size();

    /** The id at {@code index}, counted from 0. */
    long get(int index);

    /** The ids from {@code from} (counted from 0) up to and without {@code to}. */
    default List<Long> slice(int from, int to) {
        Long[] slice = new Long[to - from];
        for (int i = 0; i < slice.length; i++) {
            slice[i] = get(from + i);
        }
        return List.of(slice);
    }

    /** What they are kept in, for whoever keeps a million of these and would do without the objects around it. */
    Object array();

    /** Those that were taken out with {@link #array}. */
    static Ids over(Object array) {
        return array instanceof int[] ints ? new Narrow(ints) : new Wide((long[]) array);
    }

    static Ids of(long... ids) {
        Builder builder = new Builder();
        for (long id : ids) {
            builder.add(id);
        }
        return builder.build();
    }

    /** Collects ids one by one without boxing them. Not safe for use by several threads. */
    final class Builder {
        private static final int FIRST_CAPACITY = 16;

        private int[] ints = new int[FIRST_CAPACITY];
        private long[] longs = {};
        private int size;

        public Builder add(long id) {
            if (longs.length == 0 && id == (int) id) {
                ints = size < ints.length ? ints : Arrays.copyOf(ints, 2 * size);
                ints[size++] = (int) id;
                return this;
            }
            if (longs.length == 0) {
                longs = Arrays.stream(ints).asLongStream().toArray();
            }
            longs = size < longs.length ? longs : Arrays.copyOf(longs, 2 * size);
            longs[size++] = id;
            return this;
        }

        public Ids build() {
            return longs.length == 0 ? new Narrow(Arrays.copyOf(ints, size)) : new Wide(Arrays.copyOf(longs, size));
        }
    }

    /** Ids that all fit an int. */
    final class Narrow implements Ids {
        private final int[] ids;

        private Narrow(int[] ids) {
            this.ids = ids;
        }

        @Override
        public int size() {
            return ids.length;
        }

        @Override
        public long get(int index) {
            return ids[index];
        }

        @Override
        public Object array() {
            return ids;
        }
    }

    /** Ids of which at least one needs a long. */
    final class Wide implements Ids {
        private final long[] ids;

        private Wide(long[] ids) {
            this.ids = ids;
        }

        @Override
        public int size() {
            return ids.length;
        }

        @Override
        public long get(int index) {
            return ids[index];
        }

        @Override
        public Object array() {
            return ids;
        }
    }
}
