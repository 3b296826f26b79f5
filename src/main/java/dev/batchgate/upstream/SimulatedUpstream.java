package dev.batchgate.upstream;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.Departure;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** An upstream that has every id and takes its time; for trying Batchgate out. Any number of threads may enter. */
final class SimulatedUpstream implements Upstream {

    private final Duration latency;

    SimulatedUpstream(Duration latency) {
        this.latency = latency;
    }

    @Override
    public CompletionStage<Outcome> fetch(Batch batch, Departure departure) {
        boolean allowed = departure.isAllowed();
        if (allowed) {
            departure.left();
        }
        departure.happened();
        if (!allowed) {
            return CompletableFuture.completedStage(Outcome.ofAll(batch, new IdOutcome.Withheld()));
        }
        List<IdOutcome> ids =
                batch.ids().stream().map(SimulatedUpstream::fetched).toList();
        return CompletableFuture.supplyAsync(
                () -> new Outcome(ids, Duration.ZERO),
                CompletableFuture.delayedExecutor(latency.toNanos(), TimeUnit.NANOSECONDS));
    }

    private static IdOutcome fetched(long id) {
        return new IdOutcome.Fetched(Data.json("{\"id\":" + id + ",\"data\":\"processed\"}"));
    }
}
