package dev.batchgate.webhook;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of what is told to receivers. What can hold a secret is checked where it is used, not here: a setting that
 * fails to bind is printed with its value.
 *
 * @param secrets each {@code whsec_} and Base64 of 24 to 64 random bytes; every delivery is signed with all of them, the
 *     newest comes first. Default none: {@code callback_url} is refused, and nothing is sent
 * @param allowPrivateAddresses whether receivers may be anywhere; default false: only where the whole internet could reach
 *     them, too
 * @param allowedNetworks addresses that receivers may have besides, such as {@code 10.1.0.0/16}; default none
 * @param timeout for one attempt, from looking up the host to the end of the answer, 100 ms to 30 s; default 15 s
 * @param maxInFlight attempts made at once, 1 to 256; default 32
 * @param maxInFlightPerHost of them to one host and port, 1 or more; default 4
 * @param backoff before the second attempt at most, doubled for each one after it, 1 ms to 1 day; default 10 s. The wait
 *     is drawn at random between half of that and all of it
 * @param maxBackoff longest backoff, and longest {@code Retry-After} that is heeded, 1 ms to 1 day; default 6 h
 * @param giveUpAfter for how long a delivery is tried, 0 to 30 days; default 3 days
 */
@Validated
@ConfigurationProperties("batchgate.webhook")
record WebhookProperties(
        @DefaultValue List<String> secrets,
        @DefaultValue("false") boolean allowPrivateAddresses,
        @DefaultValue List<String> allowedNetworks,

        @DefaultValue("15s") @DurationMin(millis = 100) @DurationMax(seconds = 30)
        Duration timeout,

        @DefaultValue("32") @Min(1) @Max(256) int maxInFlight,
        @DefaultValue("4") @Min(1) int maxInFlightPerHost,

        @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration backoff,

        @DefaultValue("6h") @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration maxBackoff,

        @DefaultValue("3d") @DurationMin @DurationMax(days = 30)
        Duration giveUpAfter) {

    /** Without the secrets. */
    @Override
    public String toString() {
        return "webhooks signed with %d secrets".formatted(secrets.size());
    }
}
