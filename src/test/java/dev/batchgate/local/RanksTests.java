package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Counts in blocks, against a sorted map that is summed up from its beginning. */
class RanksTests {

    private static final int STEPS = 200_000;

    private final Ranks<Long> ranks = new Ranks<>();
    private final TreeMap<Long, Integer> model = new TreeMap<>();

    private void add(long sequence, int more) {
        ranks.add(sequence, sequence, more);
        model.merge(sequence, more, Integer::sum);
        model.remove(sequence, 0);
    }

    private void compare(long sequence) {
        long before = model.headMap(sequence).values().stream()
                .mapToLong(Integer::longValue)
                .sum();
        assertThat(ranks.before(sequence)).as("before %d", sequence).isEqualTo(before);
        int most = (int) Math.floorMod(sequence, 700L);
        assertThat(ranks.first(most))
                .isEqualTo(model.entrySet().stream()
                        .limit(most)
                        .map(entry -> new Ranks.Entry<>(entry.getKey(), entry.getValue()))
                        .toList());
    }

    @Test
    void whatComesAtTheEndAndGoesAtTheFrontIsCounted() {
        Random random = new Random(1);
        for (long sequence = 0; sequence < STEPS; sequence++) {
            add(sequence, 1 + random.nextInt(5));
            while (model.size() > 3_000) {
                add(model.firstKey(), -1);
            }
            if (sequence % 1_000 == 0) {
                compare(model.firstKey());
                compare(model.lastKey() - random.nextInt(4_000));
                compare(sequence + 1);
            }
        }
        while (!model.isEmpty()) {
            add(model.firstKey(), -model.firstEntry().getValue());
        }
        assertThat(ranks.total()).isZero();
        compare(STEPS);
    }

    @Test
    void whatComesAndGoesInBetweenIsCounted() {
        Random random = new Random(2);
        for (int step = 0; step < STEPS; step++) {
            long sequence = random.nextInt(5_000);
            boolean goes = model.size() > 1_000 + random.nextInt(2_000);
            add(goes ? model.floorKey(Math.max(sequence, model.firstKey())) : sequence, 1);
            if (goes) {
                long going = model.ceilingKey(Math.min(sequence, model.lastKey()));
                add(going, -model.get(going));
            }
            if (step % 500 == 0) {
                compare(sequence);
                compare(-1);
                compare(5_000);
            }
        }
        assertThat(ranks.total())
                .isEqualTo(model.values().stream().mapToLong(Integer::longValue).sum());
    }

    @Test
    void groupsEndWhereSomebodyIsApartOrYoung() {
        Random random = new Random(3);
        for (int size : List.of(0, 1, 3, 400, 3_000, 40_000)) {
            while (model.size() < size) {
                add(random.nextInt(60_000), 1 + random.nextInt(3));
            }
            for (int look = 0; look < 50; look++) {
                long[] apart =
                        random.longs(random.nextInt(5), 0, 60_000).sorted().toArray();
                long young = random.nextInt(3) == 0 ? Long.MAX_VALUE : random.nextInt(61_000);
                compareGroups(apart, young);
            }
        }
    }

    private void compareGroups(long[] apart, long young) {
        List<Ranks.Entry<Long>> groups = ranks.grouped(apart, young);
        boolean few = model.tailMap(young).size() < 1_000;
        assertThat(groups).extracting(Ranks.Entry::ingestion).isSorted();
        assertThat(groups.isEmpty()).isEqualTo(model.isEmpty());
        for (int i = 0; i < groups.size(); i++) {
            long first = groups.get(i).ingestion();
            long end = i + 1 < groups.size() ? groups.get(i + 1).ingestion() : Long.MAX_VALUE;
            SortedMap<Long, Integer> members = model.subMap(i == 0 ? Long.MIN_VALUE : first, end);
            long last = members.lastKey();
            assertThat(members.firstKey()).isEqualTo(first);
            assertThat(groups.get(i).batches())
                    .isEqualTo(members.values().stream()
                            .mapToLong(Integer::longValue)
                            .sum());
            boolean isAlone = members.size() == 1;
            assertThat(isAlone || LongStream.of(apart).noneMatch(one -> one >= first && one <= last))
                    .isTrue();
            assertThat(isAlone || last < young || (first >= young && !few && members.size() <= 256))
                    .as("%d to %d, young from %d", first, last, young)
                    .isTrue();
        }
    }

    @Test
    void whatIsTrueFromSomewhereOnIsFound() {
        assertThat(ranks.firstOf(any -> true)).isEqualTo(Long.MAX_VALUE);
        assertThat(ranks.head()).isNull();
        for (long sequence = 0; sequence < 2_000; sequence += 2) {
            add(sequence, 1);
        }

        assertThat(ranks.head()).isZero();
        assertThat(LongStream.range(0, 1_999))
                .allSatisfy(
                        from -> assertThat(ranks.firstOf(one -> one >= from)).isEqualTo(from + from % 2));
        assertThat(ranks.firstOf(one -> one > 1_998)).isEqualTo(Long.MAX_VALUE);
    }
}
