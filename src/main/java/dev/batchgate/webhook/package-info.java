/** Tells whoever handed in an ingestion that it has ended, in signed requests. */
@NullMarked
package dev.batchgate.webhook;

import org.jspecify.annotations.NullMarked;
