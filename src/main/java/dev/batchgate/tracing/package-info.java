/** Traces of submissions and dispatches, for whoever names a collector that takes them. */
@NullMarked
package dev.batchgate.tracing;

import org.jspecify.annotations.NullMarked;
