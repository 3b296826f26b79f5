package dev.batchgate.local;

import java.nio.file.Path;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the embedded store.
 *
 * @param path folder of the store, made if it is not there; default {@code ./data}
 * @param retention how long an ingestion is kept after it has ended, 1 s or more; default 7 days
 */
@Validated
@ConfigurationProperties("batchgate.store")
record StoreProperties(
        @DefaultValue("./data") Path path,

        @DefaultValue("7d") @DurationMin(seconds = 1) Duration retention) {}
