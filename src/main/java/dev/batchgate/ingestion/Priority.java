package dev.batchgate.ingestion;

/** How urgent an ingestion is; declared most urgent first, which is the order of service. */
public enum Priority {
    /** Goes before everything that is not HIGH. */
    HIGH,
    /** What an ingestion gets that names no priority. */
    MEDIUM,
    /** Goes when nothing else waits. */
    LOW
}
