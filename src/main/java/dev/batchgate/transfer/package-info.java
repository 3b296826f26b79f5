/** The move from the embedded store to PostgreSQL, as a command. */
@NullMarked
package dev.batchgate.transfer;

import org.jspecify.annotations.NullMarked;
