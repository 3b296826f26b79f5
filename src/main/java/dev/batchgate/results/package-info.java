/** What was fetched, handed out: {@code GET /results/{id}}. */
@NullMarked
package dev.batchgate.results;

import org.jspecify.annotations.NullMarked;
