package dev.batchgate.upstream;

import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the upstream. What can hold a secret is checked where it is used, not here: a setting that fails to bind
 * is printed with its value.
 *
 * @param url where ids are fetched: with {@code {id}} one request for each id of a batch, all at once; with {@code
 *     {ids}} one request for the batch, its ids comma-separated. Unset or empty: the upstream is simulated
 * @param headers sent with every request; default none. A dot in a name stands for a hyphen, since it is what an
 *     underscore in the name of an environment variable becomes
 * @param timeout for one request, from connecting to the last byte of the answer, 1 ms to 1 hour; default 10 s
 * @param maxBody the largest answer for one id, 1 B to 64 MB; default 1 MB, which is 1,048,576 bytes. One for several
 *     ids may be as many times that large. An id whose answer is larger fails
 * @param simulatedLatency how long the simulated upstream takes for a batch, 0 to 1 hour; default 1 s
 */
@Validated
@ConfigurationProperties("batchgate.upstream")
record UpstreamProperties(
        @Nullable String url,
        @DefaultValue Map<String, String> headers,

        @DefaultValue("10s") @DurationMin(millis = 1) @DurationMax(hours = 1)
        Duration timeout,

        @DefaultValue("1MB") DataSize maxBody,

        @DefaultValue("1s") @DurationMin @DurationMax(hours = 1)
        Duration simulatedLatency) {

    private static final DataSize LARGEST_BODY = DataSize.ofMegabytes(64);

    UpstreamProperties {
        if (maxBody.toBytes() < 1 || maxBody.compareTo(LARGEST_BODY) > 0) {
            throw new InvalidConfigurationPropertyValueException(
                    "batchgate.upstream.max-body", maxBody, "It must be from 1B to 64MB.");
        }
    }
}
