package dev.batchgate.local;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Micros;
import java.time.Instant;
import java.util.AbstractList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The states of an ingestion's batches at one moment, made one by one when they are read. Never changes. */
final class States extends AbstractList<BatchState> {

    private final long[] startedMicros;
    private final long[] endedMicros;
    private final Map<Integer, BatchState> noted;
    private final BatchState rest;
    private final int batches;

    /**
     * @param startedMicros when each batch was dispatched first, as far as they have been
     * @param endedMicros when each ended, where there is no more to say of it
     * @param noted those of which there is
     * @param cancelledAt when the rest was cancelled; null if it waits
     */
    States(
            long[] startedMicros,
            long[] endedMicros,
            Map<Integer, BatchState> noted,
            @Nullable Instant cancelledAt,
            int batches) {
        this.startedMicros = startedMicros;
        this.endedMicros = endedMicros;
        this.noted = noted;
        this.rest = cancelledAt == null
                ? BatchState.YET_TO_START
                : BatchState.YET_TO_START.ended(BatchStatus.CANCELLED, null, cancelledAt);
        this.batches = batches;
    }

    @Override
    public BatchState get(int batch) {
        if (batch >= startedMicros.length) {
            return rest;
        }
        BatchState known = noted.get(batch);
        return known != null
                ? known
                : BatchState.completed(Micros.instant(startedMicros[batch]), Micros.instant(endedMicros[batch]));
    }

    @Override
    public int size() {
        return batches;
    }
}
