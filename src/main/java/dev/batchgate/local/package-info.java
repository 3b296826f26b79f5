/** The queue and the gate of one process, in its memory, behind a journal on its disk. */
@NullMarked
package dev.batchgate.local;

import org.jspecify.annotations.NullMarked;
