package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * How much may be handed in with one key, in the whole installation.
 *
 * @param idsPerMinute ids that may be handed in a minute; null if any number
 * @param maxBacklog batches that may wait, of what was handed in with it; null if any number
 */
public record Quota(@Nullable Long idsPerMinute, @Nullable Long maxBacklog) {

    public static final Quota UNLIMITED = new Quota(null, null);

    /** What is left of it. */
    public Remaining remaining(long usedMicros, long waiting) {
        Long perMinute = idsPerMinute;
        Long most = maxBacklog;
        return new Remaining(
                perMinute == null ? null : Meter.left(perMinute, usedMicros),
                perMinute == null ? 0 : usedMicros,
                most == null ? null : Math.max(0, most - waiting));
    }

    /**
     * What is left of a quota at one moment.
     *
     * @param ids that may be handed in now; null if any number
     * @param usedMicros until all of them may be again, in microseconds
     * @param batches that may be added to those that wait; null if any number
     */
    public record Remaining(
            @Nullable Long ids, long usedMicros, @Nullable Long batches) {}

    /** Throws {@link NeverFits} for what would not fit, however long anybody waits. */
    public void requireFits(Submission submission) {
        if (idsPerMinute != null && submission.ids().size() > idsPerMinute) {
            throw new NeverFits("must have at most %d ids, as many as may be handed in a minute with this key"
                    .formatted(idsPerMinute));
        }
        if (maxBacklog != null && submission.batches() > maxBacklog) {
            throw new NeverFits("must make at most %d batches, as many as may wait of this key".formatted(maxBacklog));
        }
    }
}
