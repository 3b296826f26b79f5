/** The queue and the gate that any number of replicas share, in one PostgreSQL. */
@NullMarked
package dev.batchgate.postgres;

import org.jspecify.annotations.NullMarked;
