package dev.batchgate.stream;

import org.jspecify.annotations.Nullable;

/** What one stream has to tell, made when its reader takes it. The stream's monitor guards it. */
interface Feed {

    /** The next bit of it, whole events; null if there is nothing new. */
    byte @Nullable [] next();

    /** Whether nothing will ever be new again. */
    boolean isOver();
}
