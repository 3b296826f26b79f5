/** Batchgate: lists of ids go in, batches leave for a rate-limited API one slot at a time, most urgent first. */
@NullMarked
package dev.batchgate;

import org.jspecify.annotations.NullMarked;
