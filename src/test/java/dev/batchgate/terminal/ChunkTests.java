package dev.batchgate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Priority;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lists cut into ingestions, and the keys of those. */
class ChunkTests {

    @Test
    void nothingIsLostBetweenChunks() {
        long[] ids = LongStream.rangeClosed(1, 25).toArray();

        List<Chunk> chunks = Chunk.split(ids, 10, Priority.LOW);

        assertThat(chunks.stream().map(chunk -> chunk.ids().length)).containsExactly(10, 10, 5);
        assertThat(chunks.stream()
                        .flatMapToLong(chunk -> LongStream.of(chunk.ids()))
                        .toArray())
                .isEqualTo(ids);
    }

    @Test
    void whatFitsIsOne() {
        long[] ids = {1, 2, 3};

        assertThat(Chunk.split(ids, 3, Priority.LOW)).hasSize(1);
        assertThat(Chunk.split(ids, Integer.MAX_VALUE, Priority.LOW)).hasSize(1);
    }

    @Test
    void theBodyIsWhatTheServiceReads() {
        assertThat(new Chunk(new long[] {1, 1_000_000_007}, 0, Priority.HIGH).body())
                .isEqualTo("{\"ids\":[1,1000000007],\"priority\":\"HIGH\"}");
    }

    @Test
    void aKeyStandsForTheIdsTheirPlaceTheirPriorityAndTheirPurpose() {
        long[] ids = {1, 2};
        Chunk chunk = new Chunk(ids, 0, Priority.HIGH);

        assertThat(chunk.key("")).matches("[0-9a-f]{64}").isEqualTo(new Chunk(ids.clone(), 0, Priority.HIGH).key(""));
        assertThat(Stream.of(
                                chunk.key(""),
                                chunk.key("monday"),
                                new Chunk(ids, 1, Priority.HIGH).key(""),
                                new Chunk(ids, 0, Priority.LOW).key(""),
                                new Chunk(new long[] {2, 1}, 0, Priority.HIGH).key(""))
                        .distinct())
                .hasSize(5);
    }

    /** Else who updates the client in the middle of something hands it in twice. */
    @Test
    void keysStayAsTheyAre() {
        assertThat(new Chunk(new long[] {1, 2, 3}, 0, Priority.MEDIUM).key("monday"))
                .isEqualTo("7c5114e9b41a213ec712483029f706f3905bbc63f257a4b85bd4cb2f7b9ce2b0");
    }
}
