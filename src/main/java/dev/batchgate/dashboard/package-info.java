/** The queue to look at, in a browser: {@code GET /}. It speaks HTTP to the service like any other client. */
@NullMarked
package dev.batchgate.dashboard;

import org.jspecify.annotations.NullMarked;
