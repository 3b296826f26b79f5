package dev.batchgate.webhook;

import dev.batchgate.ingestion.Attempt;
import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.Delivery;
import dev.batchgate.ingestion.DeliveryState;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Decides what an answer means: 2xx is a receipt, 410 the end of it, all else is tried again. Any thread may enter. */
final class Judge {

    private static final int GONE = 410;
    private static final int MOST_DOUBLINGS = 40;

    private final WebhookProperties properties;
    private final Backoff jitter;

    Judge(WebhookProperties properties, Backoff jitter) {
        this.properties = properties;
        this.jitter = jitter;
    }

    Attempt judge(Delivery delivery, Answer answer) {
        Integer status = answer.status();
        if (status != null && status / 100 == 2) {
            return attempt(DeliveryState.DELIVERED, answer, null, Duration.ZERO);
        }
        if (status != null && status == GONE) {
            return attempt(DeliveryState.GONE, answer, "HTTP status 410", Duration.ZERO);
        }
        String error = status == null ? answer.error() : "HTTP status " + status;
        return attempt(DeliveryState.PENDING, answer, error, wait(delivery.counted(), answer.retryAfter()));
    }

    private Attempt attempt(DeliveryState verdict, Answer answer, @Nullable String error, Duration wait) {
        return new Attempt(verdict, answer.status(), error, wait, properties.giveUpAfter());
    }

    /** Half of the backoff, and a random part of the other half: what failed together does not come back together. */
    private Duration wait(int counted, Duration retryAfter) {
        Duration half = longest(counted).dividedBy(2);
        Duration backoff = half.plus(jitter.draw(half));
        Duration asked = shorter(retryAfter, properties.maxBackoff());
        return backoff.compareTo(asked) > 0 ? backoff : asked;
    }

    private Duration longest(int counted) {
        Duration longest = properties.backoff();
        for (int i = 1; i < Math.min(counted, MOST_DOUBLINGS) && longest.compareTo(properties.maxBackoff()) < 0; i++) {
            longest = longest.multipliedBy(2);
        }
        return shorter(longest, properties.maxBackoff());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
