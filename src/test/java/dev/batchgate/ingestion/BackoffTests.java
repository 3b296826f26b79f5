package dev.batchgate.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BackoffTests {

    @Test
    void theLongestDoublesUntilItIsCapped() {
        RetryProperties defaults = Queues.retries();

        assertThat(IntStream.rangeClosed(1, 9).mapToObj(defaults::longestBackoff))
                .containsExactly(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(40),
                        Duration.ofSeconds(80),
                        Duration.ofSeconds(160),
                        Duration.ofSeconds(320),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(10));
        assertThat(defaults.longestBackoff(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(10));
        assertThat(Queues.retries("upstream.backoff=1d", "upstream.max-backoff=30d")
                        .longestBackoff(1_000_000))
                .isEqualTo(Duration.ofDays(30));
        assertThat(Queues.retries("upstream.backoff=0").longestBackoff(40)).isZero();
    }

    @Test
    void theWaitIsDrawnEvenlyBetweenNothingAndTheLongest() {
        Backoff backoff = Backoff.fullJitter(new SplittableRandom(1));
        List<Duration> drawn = Stream.generate(() -> backoff.draw(Duration.ofSeconds(10)))
                .limit(10_000)
                .toList();

        for (int tenth = 0; tenth < 10; tenth++) {
            Duration from = Duration.ofSeconds(tenth);
            assertThat(drawn)
                    .filteredOn(wait -> wait.compareTo(from) >= 0 && wait.compareTo(from.plusSeconds(1)) < 0)
                    .as("of 10,000 from the %d. second on", tenth)
                    .hasSizeBetween(850, 1_150);
        }
        assertThat(drawn).allMatch(wait -> !wait.isNegative() && wait.compareTo(Duration.ofSeconds(10)) <= 0);
        assertThat(backoff.draw(Duration.ZERO)).isZero();
    }
}
