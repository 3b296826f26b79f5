package dev.batchgate.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How long the rest is said to take. */
class ForecastTests {

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final MovedTime time = new MovedTime();
    private final Forecast forecast = new Forecast(time, 0);

    private static IngestionReport report(String status, int total, int completed, Duration... left) {
        Optional<Duration> told = left.length == 0 ? Optional.empty() : Optional.of(left[0]);
        return new IngestionReport("a", status, Optional.of(Priority.MEDIUM), "", total, completed, 0, 0, told);
    }

    private static QueueReport queue(int high, int medium, int low) {
        return queue(false, Optional.of(INTERVAL), high, medium, low);
    }

    private static QueueReport queue(boolean paused, Optional<Duration> interval, int high, int medium, int low) {
        Map<Priority, QueueReport.Waiting> waiting = Map.of(
                Priority.HIGH, new QueueReport.Waiting(high, 0, Optional.empty()),
                Priority.MEDIUM, new QueueReport.Waiting(medium - 1, 1, Optional.empty()),
                Priority.LOW, new QueueReport.Waiting(low, 0, Optional.empty()));
        return new QueueReport(paused, interval, Optional.empty(), Optional.empty(), 0, 1, waiting, false, "");
    }

    @Test
    void theLastToEndCounts() {
        assertThat(Forecast.told(List.of(
                        report("triggered", 3, 1, Duration.ofMinutes(1)),
                        report("yet_to_start", 3, 0, Duration.ofMinutes(4)))))
                .contains(Duration.ofMinutes(4));
    }

    @Test
    void whereOneIsNotForetoldNothingIsKnownOfAll() {
        assertThat(Forecast.told(
                        List.of(report("triggered", 3, 1, Duration.ofMinutes(1)), report("yet_to_start", 3, 0))))
                .isEmpty();
    }

    @Test
    void whatIsMoreUrgentOrWasThereBeforeGoesFirst() {
        List<IngestionReport> open = List.of(report("yet_to_start", 10, 0));

        assertThat(forecast.derived(open, 0, queue(2, 15, 100))).contains(INTERVAL.multipliedBy(17));
        // What came later does not; what has gone meanwhile is gone.
        assertThat(forecast.derived(open, 0, queue(2, 40, 100))).contains(INTERVAL.multipliedBy(17));
        assertThat(forecast.derived(open, 0, queue(0, 12, 100))).contains(INTERVAL.multipliedBy(12));
    }

    @Test
    void onceItsTurnHasComeOnlyWhatIsMoreUrgentGoesFirst() {
        assertThat(forecast.derived(List.of(report("triggered", 10, 2)), 2, queue(3, 500, 0)))
                .contains(INTERVAL.multipliedBy(11));
    }

    @Test
    void aPaceThatIsSlowerThanTheSlotsIsBelieved() {
        List<IngestionReport> open = List.of(report("triggered", 10, 4));
        time.pass(Duration.ofMinutes(4));

        assertThat(forecast.derived(open, 4, queue(0, 6, 0))).contains(Duration.ofMinutes(6));
    }

    @Test
    void nothingIsSaidRatherThanNonsense() {
        List<IngestionReport> open = List.of(report("triggered", 10, 4));

        assertThat(forecast.derived(open, 4, queue(true, Optional.of(INTERVAL), 0, 6, 0)))
                .isEmpty();
        assertThat(forecast.derived(open, 4, queue(false, Optional.empty(), 0, 6, 0)))
                .isEmpty();
    }
}
