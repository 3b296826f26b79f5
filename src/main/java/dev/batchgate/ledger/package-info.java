/** The proof: whether what was promised about order and time was kept, read off a store alone. */
@NullMarked
package dev.batchgate.ledger;

import org.jspecify.annotations.NullMarked;
