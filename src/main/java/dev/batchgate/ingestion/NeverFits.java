package dev.batchgate.ingestion;

/** Refusal of a submission that is larger than all that may be handed in with its key. */
public final class NeverFits extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String rule;

    NeverFits(String rule) {
        super(rule);
        this.rule = rule;
    }

    /** The rule that its ids break. */
    String rule() {
        return rule;
    }
}
