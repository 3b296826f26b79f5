package dev.batchgate.ingestion;

import tools.jackson.databind.DeserializationContext;

/** Reads {@code priority} from a body that is about nothing else: one of the names to the letter. */
class RequiredPriority extends PriorityReader {

    @Override
    public Object getAbsentValue(DeserializationContext context) {
        throw new InvalidRequest(POINTER, "is required");
    }

    @Override
    InvalidRequest invalid() {
        return new InvalidRequest(POINTER, "must be \"HIGH\", \"MEDIUM\" or \"LOW\"");
    }
}
