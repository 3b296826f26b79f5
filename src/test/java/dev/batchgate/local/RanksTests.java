package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.TreeMap;
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
}
