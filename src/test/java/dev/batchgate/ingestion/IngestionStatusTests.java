package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
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
    void aBatchTakesLegalStepsAlone() {
        Instant now = Instant.EPOCH;
        BatchState flying = BatchState.YET_TO_START.dispatched(now);
        BatchState waiting = flying.incomplete("not yet", now.plusSeconds(5));
        BatchState failed =
                waiting.dispatched(now.plusSeconds(5)).ended(BatchStatus.FAILED, "it broke", now.plusSeconds(6));

        assertThat(failed.attempts()).isEqualTo(2);
        assertThat(failed.startedAt()).isEqualTo(now);
        assertThat(failed.finishedAt()).isEqualTo(now.plusSeconds(6));
        assertThat(failed.retried(now.plusSeconds(7)).isWaiting()).isTrue();
        assertThatThrownBy(() -> flying.dispatched(now)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> waiting.incomplete("x", now)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> BatchState.YET_TO_START.outcomeLost(now)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> failed.ended(BatchStatus.COMPLETED, null, now))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> flying.ended(BatchStatus.TRIGGERED, null, now))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> flying.ended(BatchStatus.FAILED, null, now))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> waiting.retried(now)).isInstanceOf(IllegalStateException.class);
    }
}
