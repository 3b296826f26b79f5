package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

class TimeWriterTests {

    private static final long MICROS_A_SECOND = 1_000_000L;
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new SimpleModule().addSerializer(Instant.class, new TimeWriter()))
            .build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "1970-01-01T00:00:00.000001Z",
                "1969-12-31T23:59:59.999999Z",
                "1969-12-31T23:59:59.999999999Z",
                "2026-11-24T18:00:00Z",
                "2026-11-24T18:00:00.100Z",
                "2026-11-24T18:00:00.100001Z",
                "2026-11-24T18:00:00.000000001Z",
                "2024-02-29T01:02:03.000004Z",
                "0000-01-01T00:00:00.000001Z",
                "-0001-12-31T23:59:59.999999Z",
                "9999-12-31T23:59:59.999999Z",
                "+10000-01-01T00:00:00.000001Z",
                "-1000000000-01-01T00:00:00Z",
                "+1000000000-12-31T23:59:59.999999999Z"
            })
    void aMomentIsWordedAsTheLibraryDoes(String time) {
        assertThat(worded(Instant.parse(time)))
                .isEqualTo(Instant.parse(time).toString())
                .isEqualTo(time);
    }

    @Test
    void soIsAnyOther() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            Instant time = Instant.ofEpochSecond(
                    random.nextLong(-70_000_000_000L, 260_000_000_000L), 1_000 * random.nextLong(MICROS_A_SECOND));
            assertThat(worded(time)).isEqualTo(time.toString());
        }
    }

    /** The same to a connection as into a text, which Jackson does in different ways. */
    private static String worded(Instant time) {
        String json = JSON.writeValueAsString(time);
        assertThat(JSON.writeValueAsBytes(time)).asString().isEqualTo(json);
        assertThat(json).startsWith("\"").endsWith("\"");
        return json.substring(1, json.length() - 1);
    }
}
