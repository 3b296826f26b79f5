package dev.batchgate.ingestion;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Settings of the gate and of what is accepted.
 *
 * @param batchSize ids in a batch; default 3. An ingestion keeps the size it was accepted with
 * @param interval one slot per interval, 1 ms to 1 day; default 5 s. A number without a unit is milliseconds
 * @param maxInFlight batches fetched at once; default 1
 * @param fairShare whether keys take turns within a priority; by default the older submission goes first, whoever made it
 * @param aging how long a submission has been accepted before it goes as if its priority were one higher, 1 ms to 365 days;
 *     unset, it never does
 * @param limits what is refused
 */
@Validated
@ConfigurationProperties("batchgate")
public record BatchgateProperties(
        @DefaultValue("3") @Min(1) @Max(10_000) int batchSize,

        @DefaultValue("5s") @DurationMin(millis = 1) @DurationMax(days = 1)
        Duration interval,

        @DefaultValue("1") @Min(1) @Max(10_000) int maxInFlight,
        @DefaultValue("false") boolean fairShare,

        @Nullable @DurationMin(millis = 1) @DurationMax(days = 365)
        Duration aging,

        @DefaultValue @Valid Limits limits) {

    private static final long LEAST_BODY = 16 << 20;
    private static final long BODY_PER_ID = 32;

    /**
     * Limits of what is accepted.
     *
     * @param maxIds ids in one ingestion; default 10 000
     * @param maxId greatest id; default 1 000 000 007
     * @param maxBacklog batches that may wait for a slot; default 1 000 000
     */
    public record Limits(
            @DefaultValue("10000") @Min(1) @Max(10_000_000) int maxIds,
            @DefaultValue("1000000007") @Min(1) long maxId,
            @DefaultValue("1000000") @Min(1) long maxBacklog) {}

    /** Who goes before whom. */
    public Fairness fairness() {
        return new Fairness(fairShare, aging);
    }

    /** Bytes of the largest request body that is read: at least 16 MiB, and room for the most ids with white space. */
    public long maxBodyBytes() {
        return Math.max(LEAST_BODY, BODY_PER_ID * limits.maxIds());
    }

    /** Ids that one ingestion can have: what is allowed, unless even an empty backlog has less room. */
    int maxIds() {
        long room = limits.maxBacklog() > limits.maxIds() ? limits.maxIds() : limits.maxBacklog() * batchSize;
        return (int) Math.min(limits.maxIds(), room);
    }
}
