/** The client for a terminal: hands in ids from a file, follows them, and brings back what was fetched, over HTTP alone. */
@NullMarked
package dev.batchgate.terminal;

import org.jspecify.annotations.NullMarked;
