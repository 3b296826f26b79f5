/** The rate-limited API that batches are fetched from: over HTTP, or simulated. */
@NullMarked
package dev.batchgate.upstream;

import org.jspecify.annotations.NullMarked;
