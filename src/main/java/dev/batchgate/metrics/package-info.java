/** What is counted and timed, for Prometheus to scrape. */
@NullMarked
package dev.batchgate.metrics;

import org.jspecify.annotations.NullMarked;
