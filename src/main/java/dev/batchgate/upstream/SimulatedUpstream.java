package dev.batchgate.upstream;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Upstream;
import java.nio.charset.StandardCharsets;
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
    public CompletionStage<Outcome> fetch(Batch batch, Runnable departed) {
        departed.run();
        List<byte[]> answers =
                batch.ids().stream().map(SimulatedUpstream::answer).toList();
        return CompletableFuture.supplyAsync(
                () -> new Outcome.Completed(answers),
                CompletableFuture.delayedExecutor(latency.toNanos(), TimeUnit.NANOSECONDS));
    }

    private static byte[] answer(long id) {
        return "{\"id\":%d,\"data\":\"processed\"}".formatted(id).getBytes(StandardCharsets.UTF_8);
    }
}
