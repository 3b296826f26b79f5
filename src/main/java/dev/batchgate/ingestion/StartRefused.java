package dev.batchgate.ingestion;

/** A reason not to start: what is wrong and what to do about it, each in whole sentences, neither with a secret. */
public final class StartRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String action;

    public StartRefused(String problem, String action) {
        super(problem);
        this.action = action;
    }

    /** What to do about it. */
    public String action() {
        return action;
    }
}
