package dev.batchgate.ingestion;

/** What a dispatch brought, as the ledger words it; one in flight has none. */
public final class DispatchOutcome {

    /** Every id that was missing. */
    public static final String COMPLETED = "completed";

    /** At least one failure for good, and with it the end of the batch. */
    public static final String FAILED = "failed";

    /** Some ids are to be asked for again; or were, before the batch was cancelled. */
    public static final String INCOMPLETE = "incomplete";

    /**
     * What is to be asked for again found no connection to the upstream, which was taken to be down; if it was back for
     * others, those have come to something. It does not count as an attempt.
     */
    public static final String UNREACHABLE = "unreachable";

    /** Nobody knows: the process ended before it did. */
    public static final String UNKNOWN = "unknown";

    /** Nothing of it was sent, because its slot was over, and others may have the next one; or because the gate was closed just before. */
    public static final String UNSENT = "unsent";

    private DispatchOutcome() {}

    /** What one brought that came back with this, for its batch with that. */
    public static String of(Outcome outcome, Verdict verdict) {
        return outcome.isUnsent() ? UNSENT : of(verdict.status(), verdict.counts());
    }

    private static String of(BatchStatus status, boolean counts) {
        return switch (status) {
            case COMPLETED -> COMPLETED;
            case FAILED -> FAILED;
            default -> counts ? INCOMPLETE : UNREACHABLE;
        };
    }
}
