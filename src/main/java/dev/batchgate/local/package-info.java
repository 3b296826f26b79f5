/** The queue and the gate of one process, in its memory. */
@NullMarked
package dev.batchgate.local;

import org.jspecify.annotations.NullMarked;
