package dev.batchgate.ingestion;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Refusal of a submission that would be done later than it is to be; nothing has been accepted. */
public final class TooLate extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final @Nullable Instant earliest;

    /** @param earliest when it would be done if it were accepted now; null if nobody knows, such as while the queue is paused */
    public TooLate(@Nullable Instant earliest) {
        super("earliest " + earliest);
        this.earliest = earliest;
    }

    /** One that says when it would be done, standing there. */
    public static TooLate by(Standing standing) {
        return new TooLate(standing.completionAt().orElse(null));
    }

    public @Nullable Instant earliest() {
        return earliest;
    }
}
