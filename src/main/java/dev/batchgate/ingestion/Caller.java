package dev.batchgate.ingestion;

import org.jspecify.annotations.Nullable;

/**
 * Who makes a request.
 *
 * @param name of the key that it came with; null where nobody needs one
 * @param seesAll whether it sees and orders what others have handed in, too
 * @param quota how much it may hand in
 */
public record Caller(@Nullable String name, boolean seesAll, Quota quota) {

    /** Whoever it is, in a service that is open to everybody. */
    public static final Caller ANYBODY = new Caller(null, true);

    public Caller(@Nullable String name, boolean seesAll) {
        this(name, seesAll, Quota.UNLIMITED);
    }

    /** The one owner whose ingestions it sees; null if it sees all of them. */
    @Nullable
    String onlyOwner() {
        // Who has no name sees nothing; no key has that one.
        return seesAll ? null : name == null ? "" : name;
    }

    /** Whether there is an ingestion of this owner, as far as this caller is concerned. */
    public boolean sees(@Nullable String owner) {
        return seesAll || (name != null && name.equals(owner));
    }

    /** Port: who makes the request that the calling thread serves. Any thread that serves one may ask. */
    @FunctionalInterface
    public interface Source {
        Caller current();
    }
}
