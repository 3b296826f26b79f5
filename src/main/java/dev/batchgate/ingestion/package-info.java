/** The heart: accepts ingestions, answers for them, dispatches their batches; names the ports all else attaches to. */
@NullMarked
package dev.batchgate.ingestion;

import org.jspecify.annotations.NullMarked;
