package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * Where a submission comes from, as it is kept with the ingestion.
 *
 * @param owner name of the key that it was handed in with; null while the service is open to everybody
 * @param callbackUrl where its end is to be told; null if nowhere
 * @param traceparent the trace that it was handed in under, in the form of the W3C's Trace Context; null if none
 */
public record Origin(
        @Nullable String owner,
        @Nullable String callbackUrl,
        @Nullable String traceparent) {

    public static final Origin UNKNOWN = new Origin(null, null, null);
}
