package dev.batchgate.terminal;

/** How urgent ids are, the most urgent first. */
enum Priority {
    /** Goes before all others. */
    HIGH,
    /** What the service takes ids for that say nothing. */
    MEDIUM,
    /** Goes when nothing else waits. */
    LOW
}
