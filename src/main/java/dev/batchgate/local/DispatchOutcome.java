package dev.batchgate.local;

/** What a dispatch brought, as the ledger words it; one in flight has none. */
final class DispatchOutcome {

    /** Every id that was missing. */
    static final String COMPLETED = "completed";

    /** At least one failure for good, and with it the end of the batch. */
    static final String FAILED = "failed";

    /** Some ids are to be asked for again; or were, before the batch was cancelled. */
    static final String INCOMPLETE = "incomplete";

    /** There was no connection to the upstream, which was known to be down. It does not count as an attempt. */
    static final String UNREACHABLE = "unreachable";

    /** Nobody knows: the process ended before it did. */
    static final String UNKNOWN = "unknown";

    private DispatchOutcome() {}
}
