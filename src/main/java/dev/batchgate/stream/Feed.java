package dev.batchgate.stream;

import org.jspecify.annotations.Nullable;

/** What one stream has to tell, made when its reader takes it. The stream's monitor guards it. */
interface Feed {

    /** The next bit of it: whole events, or a piece of a large one; null if there is nothing new. */
    byte @Nullable [] next();

    /** Whether the last bit was not the end of an event. */
    default boolean isInside() {
        return false;
    }

    /** Whether nothing will ever be new again. */
    default boolean isOver() {
        return false;
    }
}
