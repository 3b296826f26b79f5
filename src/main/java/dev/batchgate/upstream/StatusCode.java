package dev.batchgate.upstream;

import dev.batchgate.ingestion.IdOutcome;
import java.util.Set;

/** What a status means for the ids that were asked for, unless it is a success. */
final class StatusCode {

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** Time-outs, too early, too many: the request was all right and will be another time. */
    private static final Set<Integer> PASSING = Set.of(408, 425, 429);

    private StatusCode() {}

    static boolean isSuccess(int status) {
        return status / 100 == 2;
    }

    static IdOutcome outcome(int status) {
        String reason = "the upstream answered with HTTP status " + status;
        if (REDIRECTS.contains(status)) {
            // Not where to, which may hold a secret.
            return new IdOutcome.Failed(
                    reason + ", a redirect, which is followed " + SameHostRedirects.MOST
                            + " times at most and not to another host, port or scheme: set batchgate.upstream.url to"
                            + " where it leads",
                    status);
        }
        // What is no status at all is to be taken for a 5xx (RFC 9110, section 15).
        return status >= 500 || PASSING.contains(status)
                ? new IdOutcome.Missed(reason, status, true)
                : new IdOutcome.Failed(reason, status);
    }
}
