/** Who may do what: keys, log-in for browsers, and what a page of another site must not send. */
@NullMarked
package dev.batchgate.access;

import org.jspecify.annotations.NullMarked;
