package dev.batchgate.ingestion;

import org.slf4j.spi.LoggingEventBuilder;

/** Names of what a line of the log is about, where lines are JSON. */
public final class LogKeys {

    public static final String INGESTION = "ingestion_id";
    public static final String BATCH = "batch_id";

    private LogKeys() {}

    /** A line about a batch. */
    public static LoggingEventBuilder about(LoggingEventBuilder line, Batch batch) {
        return line.addKeyValue(INGESTION, batch.ingestionId()).addKeyValue(BATCH, batch.id());
    }
}
