package dev.batchgate.stream;

import org.jspecify.annotations.Nullable;

/** Server-sent events as they are written (HTML Living Standard, section 9.2). */
final class EventText {

    /** How long a reader that was cut off waits before it comes again, and something to begin with. */
    static final String GREETING = "retry: 2000\n\n";

    /** All that is told by a service that stops; by then another one may be there. */
    static final String FAREWELL = "retry: 5000\n\n: Batchgate is stopping\n\n";

    /** Tells nothing, but that somebody is there; and finds out whether the reader is. */
    static final String HEARTBEAT = ":\n\n";

    private EventText() {}

    /**
     * One event.
     *
     * @param id that its reader comes again with; null if it is to keep the one before
     * @param json without line breaks
     */
    static String event(@Nullable Long id, String name, String json) {
        return (id == null ? "" : "id: " + id + "\n") + "event: " + name + "\ndata: " + json + "\n\n";
    }
}
