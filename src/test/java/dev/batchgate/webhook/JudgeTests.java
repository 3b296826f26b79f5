package dev.batchgate.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.DeliveryState;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JudgeTests {

    private static final String URL = "https://example.com/";

    private final Judge judge = new Judge(Webhooks.properties(), longest -> longest);

    private Attempt judge(int counted, int status, Duration retryAfter) {
        return judge.judge(Webhooks.delivery(URL, counted), Answer.of(status, retryAfter));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 299})
    void anySuccessIsAReceipt(int status) {
        assertThat(judge(1, status, Duration.ZERO))
                .extracting(Attempt::verdict, Attempt::status, Attempt::error)
                .containsExactly(DeliveryState.DELIVERED, status, null);
    }

    @Test
    void goneIsTheEndOfIt() {
        assertThat(judge(1, 410, Duration.ofHours(1)).verdict()).isEqualTo(DeliveryState.GONE);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 301, 302, 307, 308, 400, 401, 404, 408, 429, 500, 503, 599})
    void anythingElseIsTriedAgain(int status) {
        assertThat(judge(1, status, Duration.ZERO))
                .extracting(Attempt::verdict, Attempt::status, Attempt::error)
                .containsExactly(DeliveryState.PENDING, status, "HTTP status " + status);
        assertThat(judge.judge(Webhooks.delivery(URL, 1), Answer.none("no connection")))
                .extracting(Attempt::verdict, Attempt::status, Attempt::error)
                .containsExactly(DeliveryState.PENDING, null, "no connection");
    }

    @Test
    void thePauseDoublesUpToItsCapAndIsNeverShorterThanHalf() {
        assertThat(judge(1, 500, Duration.ZERO).pause()).isEqualTo(Duration.ofSeconds(10));
        assertThat(judge(2, 500, Duration.ZERO).pause()).isEqualTo(Duration.ofSeconds(20));
        assertThat(judge(12, 500, Duration.ZERO).pause()).isEqualTo(Duration.ofSeconds(20_480));
        assertThat(judge(13, 500, Duration.ZERO).pause()).isEqualTo(Duration.ofHours(6));
        assertThat(judge(Integer.MAX_VALUE, 500, Duration.ZERO).pause()).isEqualTo(Duration.ofHours(6));

        Judge drawing = new Judge(Webhooks.properties(), Backoff.fullJitter(new Random(1)));
        for (int i = 0; i < 100; i++) {
            assertThat(drawing.judge(Webhooks.delivery(URL, 2), Answer.none("x"))
                            .pause())
                    .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(20));
        }
    }

    /** Some 24 attempts: soon after each other at first, four a day in the end. */
    @Test
    void inThreeDaysThereAreNeitherFewNorMany() {
        Duration passed = Duration.ZERO;
        int attempts = 1;
        for (; passed.compareTo(judge(1, 500, Duration.ZERO).patience()) < 0; attempts++) {
            passed = passed.plus(judge(attempts, 500, Duration.ZERO).pause());
        }
        assertThat(attempts).isBetween(20, 30);
    }

    @Test
    void retryAfterIsHeededWithinBounds() {
        assertThat(judge(1, 503, Duration.ofMinutes(30)).pause()).isEqualTo(Duration.ofMinutes(30));
        assertThat(judge(1, 429, Duration.ofDays(400)).pause()).isEqualTo(Duration.ofHours(6));
        assertThat(judge(1, 503, Duration.ofMillis(1)).pause()).isEqualTo(Duration.ofSeconds(10));
    }
}
