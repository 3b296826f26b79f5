package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdsTests {

    @Test
    void idsThatFitAnIntTakeFourBytesEach() {
        assertThat(Ids.of(1, 1_000_000_007, Integer.MAX_VALUE)).isInstanceOf(Ids.Narrow.class);
    }

    @Test
    void oneIdThatDoesNotFitWidensAllAndLosesNone() {
        long[] ids = LongStream.rangeClosed(1, 100).toArray();
        ids[60] = 1L << 40;
        ids[99] = Long.MAX_VALUE;

        Ids packed = Ids.of(ids);

        assertThat(packed).isInstanceOf(Ids.Wide.class);
        assertThat(packed.slice(0, packed.size()))
                .containsExactlyElementsOf(LongStream.of(ids).boxed().toList());
    }

    @Test
    void wideningAtTheVeryEdgeOfACapacityLosesNothing() {
        for (int before = 0; before < 70; before++) {
            Ids.Builder builder = new Ids.Builder();
            for (int i = 0; i < before; i++) {
                builder.add(i);
            }
            Ids packed = builder.add(1L << 33).add(7).build();

            assertThat(packed.size()).isEqualTo(before + 2);
            assertThat(packed.slice(before, before + 2)).isEqualTo(List.of(1L << 33, 7L));
        }
    }
}
