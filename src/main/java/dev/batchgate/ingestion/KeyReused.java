package dev.batchgate.ingestion;

/** Refusal of a submission under an idempotency key that stands for another one. */
public final class KeyReused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String key;

    public KeyReused(String key) {
        super(key);
        this.key = key;
    }

    public String key() {
        return key;
    }
}
