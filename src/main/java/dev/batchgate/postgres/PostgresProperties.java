package dev.batchgate.postgres;

import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the store that replicas share.
 *
 * @param lease how long a replica that falls silent is taken to be alive, 500 ms to 10 min; default 10 s. After that, what it
 *     had in flight is fetched again; and what it was about to send, it does not send any more
 * @param retention how long an ingestion is kept after it has ended, 1 s or more; default 7 days
 */
@Validated
@ConfigurationProperties("batchgate.store")
record PostgresProperties(
        @DefaultValue("10s") @DurationMin(millis = 500) @DurationMax(minutes = 10)
        Duration lease,

        @DefaultValue("7d") @DurationMin(seconds = 1) Duration retention) {}
