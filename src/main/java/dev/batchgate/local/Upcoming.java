package dev.batchgate.local;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The slot that has its batch and may not have opened yet. Until it does, nobody is told of what would have gone first, and nothing that
 * comes back waits for less, so that a slot still goes to the most urgent batch that anybody knows of when it opens. The journal's thread
 * alone.
 */
final class Upcoming {

    private static final Moment NEVER = new Moment(0, Long.MIN_VALUE);

    private final boolean isStrict;
    private Priority priority = Priority.HIGH;
    private Moment opens = NEVER;

    Upcoming(Fairness fairness) {
        this.isStrict = fairness.isStrict();
    }

    /** It is given to a batch of that priority. */
    void given(Priority to, Moment opening) {
        priority = to;
        opens = opening;
    }

    /** It is given to nobody after all. */
    void nobody() {
        opens = NEVER;
    }

    /** When it opens; null if it has. */
    @Nullable
    Moment opening(Moment now) {
        return opens.ticks() > now.ticks() ? opens : null;
    }

    /** The same, if a new ingestion of that priority could have gone first; else null. */
    @Nullable
    Moment opening(Moment now, Priority submitted) {
        return isStrict && submitted.compareTo(priority) >= 0 ? null : opening(now);
    }

    /** The earliest moment from {@code now} on that it has no say in. */
    Moment after(Moment now) {
        Moment opening = opening(now);
        return opening == null ? now : opening.plus(Duration.ofNanos(1_000));
    }
}
