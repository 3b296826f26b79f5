/** News of an ingestion for those who wait for it: {@code GET /status/{id}} with {@code Prefer: wait=20}. */
@NullMarked
package dev.batchgate.stream;

import org.jspecify.annotations.NullMarked;
