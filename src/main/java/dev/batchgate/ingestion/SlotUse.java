package dev.batchgate.ingestion;

import java.time.Duration;

/**
 * How one dispatch came to its slot.
 *
 * @param priority that its ingestion had
 * @param isFirst whether its batch had not been dispatched before
 * @param waited from when its ingestion was accepted to when it was given the slot
 * @param late from when the slot stood open, with a batch that could have had it, to when it left for the upstream
 */
public record SlotUse(Priority priority, boolean isFirst, Duration waited, Duration late) {

    /** Two clocks, or two looks at one, may be a little apart. */
    public SlotUse {
        waited = waited.isNegative() ? Duration.ZERO : waited;
        late = late.isNegative() ? Duration.ZERO : late;
    }
}
