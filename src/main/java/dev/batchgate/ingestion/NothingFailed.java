package dev.batchgate.ingestion;

import java.util.UUID;

/** Refusal to retry an ingestion of which no id has failed. */
public final class NothingFailed extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final UUID ingestionId;

    public NothingFailed(UUID ingestionId) {
        super(ingestionId.toString());
        this.ingestionId = ingestionId;
    }

    public UUID ingestionId() {
        return ingestionId;
    }
}
