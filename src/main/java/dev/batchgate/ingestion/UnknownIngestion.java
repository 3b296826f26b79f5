package dev.batchgate.ingestion;

/** Question about an ingestion that nobody was ever told of. */
final class UnknownIngestion extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String id;

    /** @param id what was asked for, as it was asked for */
    UnknownIngestion(String id) {
        super(id);
        this.id = id;
    }

    String id() {
        return id;
    }
}
