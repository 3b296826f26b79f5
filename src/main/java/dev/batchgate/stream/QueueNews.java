package dev.batchgate.stream;

import dev.batchgate.ingestion.QueueState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * How the queue stands, as it is told to all who follow it; never changes.
 *
 * @param number counts what has been told
 */
record QueueNews(long number, QueueState state, String json) {

    /** Moments that lie ahead are worked out anew each time they are read, a little differently. */
    private static final Duration SAME = Duration.ofMillis(50);

    static QueueNews first(QueueState state, JsonMapper json) {
        return new QueueNews(0, state, json.writeValueAsString(state));
    }

    /** The same, if nothing has changed that anybody would want to know. */
    QueueNews then(QueueState next, Instant now, JsonMapper mapper) {
        return isSame(next, now) ? this : new QueueNews(number + 1, next, mapper.writeValueAsString(next));
    }

    private boolean isSame(QueueState next, Instant now) {
        return state.paused() == next.paused()
                && state.inFlight() == next.inFlight()
                && state.waiting().equals(next.waiting())
                && state.upstream().equals(next.upstream())
                && isSame(state.nextSlotAt(), next.nextSlotAt(), now)
                && isSame(state.closedUntil(), next.closedUntil(), now);
    }

    /** What lay ahead and has come is no news. */
    private static boolean isSame(@Nullable Instant before, @Nullable Instant after, Instant now) {
        if (before == null || after == null) {
            return before == null && after == null;
        }
        boolean bothPast = !before.isAfter(now) && !after.isAfter(now.plus(SAME));
        return bothPast || Duration.between(before, after).abs().compareTo(SAME) < 0;
    }

    String event(@Nullable Long id) {
        return EventText.event(id, "queue", json);
    }
}
