package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class IngestionStatusTests {

    @ParameterizedTest
    @CsvSource({
        "2, 0, 0, 0, false, YET_TO_START",
        "2, 0, 0, 0, true,  TRIGGERED",
        "2, 1, 0, 0, true,  TRIGGERED",
        "2, 0, 1, 0, true,  TRIGGERED",
        "2, 0, 0, 1, true,  TRIGGERED",
        "2, 2, 0, 0, true,  COMPLETED",
        "2, 1, 1, 0, true,  FAILED",
        "3, 1, 1, 1, true,  FAILED",
        "2, 1, 0, 1, true,  CANCELLED",
        "2, 0, 0, 2, true,  CANCELLED",
    })
    void followsFromTheBatches(
            int total, int completed, int failed, int cancelled, boolean begun, IngestionStatus status) {
        assertThat(IngestionStatus.of(new Progress(total, completed, failed, cancelled), begun))
                .isEqualTo(status);
    }

    @Test
    void statusesAreWrittenAsTheOriginalServiceWroteThem() {
        JsonMapper json = new JsonMapper();

        assertThat(Stream.of(BatchStatus.values()).map(json::writeValueAsString))
                .containsExactly("\"yet_to_start\"", "\"triggered\"", "\"completed\"", "\"failed\"", "\"cancelled\"");
        assertThat(Stream.of(IngestionStatus.values()).map(json::writeValueAsString))
                .containsExactly("\"yet_to_start\"", "\"triggered\"", "\"completed\"", "\"failed\"", "\"cancelled\"");
    }

    @Test
    void aBatchEndsOnlyWhileItIsTriggered() {
        Outcome failed = new Outcome.Failed("it broke");

        assertThat(BatchState.TRIGGERED.ended(failed)).isEqualTo(new BatchState(BatchStatus.FAILED, "it broke", 0));
        assertThatThrownBy(() -> BatchState.YET_TO_START.ended(failed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> BatchState.COMPLETED.ended(failed)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> new BatchState(BatchStatus.FAILED, "before", 0).ended(failed))
                .isInstanceOf(IllegalStateException.class);
    }
}
