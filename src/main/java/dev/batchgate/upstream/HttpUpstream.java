package dev.batchgate.upstream;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Departure;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Upstream;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.io.CloseMode;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Fetches batches over HTTP.
 *
 * <p>The dispatcher enters; each request then has a thread of its own, which blocks. They are platform threads, since
 * the moment a request leaves is what the gate promises, and as many as there are requests in flight, kept for the next
 * batch.
 */
final class HttpUpstream implements Upstream, AutoCloseable {

    private final UrlTemplate template;
    private final UpstreamProperties settings;
    private final CloseableHttpClient client;
    private final ExecutorService callers;
    private final Preparation preparation;

    HttpUpstream(UrlTemplate template, UpstreamProperties settings, BatchgateProperties gate, Clock clock) {
        int perBatch = template.requestPerId() ? gate.batchSize() : 1;
        int atOnce = gate.maxInFlight() * perBatch;
        this.template = template;
        this.settings = settings;
        PoolingHttpClientConnectionManager connections = UpstreamClient.connections(settings.timeout());
        this.client = UpstreamClient.create(
                SentHeaders.of(settings.headers()), settings.timeout(), connections, new RateLimitNews(clock));
        this.callers = Executors.newCachedThreadPool(new CustomizableThreadFactory("upstream-"));
        this.preparation = new Preparation(connections, template.route(), perBatch, atOnce, gate.interval(), callers);
        Rehearsal.perform(client);
    }

    @Override
    public CompletionStage<Outcome> fetch(Batch batch, Departure departure) {
        List<Call> calls = template.targets(batch.ids()).stream()
                .map(target -> new Call(
                        client,
                        target,
                        batch.id(),
                        departure,
                        settings.timeout(),
                        settings.maxBody().toBytes()))
                .toList();
        CompletableFuture<Void> answered =
                allOf(calls.stream().map(Call::answer).toList());
        CompletableFuture<Void> gone = allOf(calls.stream().map(Call::departure).toList())
                .thenRun(departure::happened)
                .thenRun(() -> preparation.afterDeparture(answered));
        calls.forEach(this::start);
        // Whoever records the outcome may wait; the thread that ends what takes too long must not.
        return answered.thenCombineAsync(gone, (all, left) -> outcome(calls), this::onACaller);
    }

    private void onACaller(Runnable task) {
        try {
            callers.execute(task);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            task.run();
        }
    }

    /** A request that finds no thread is missed; those that found one go their way, and the batch ends when all have. */
    private void start(Call call) {
        try {
            callers.execute(call);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            call.abandon("Batchgate could not make the request: "
                    + noThread.getClass().getSimpleName());
        }
    }

    private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private static Outcome outcome(List<Call> calls) {
        List<IdOutcome> ids =
                calls.stream().flatMap(call -> call.answer().join().stream()).toList();
        Duration closedFor =
                calls.stream().map(Call::closedFor).max(Duration::compareTo).orElse(Duration.ZERO);
        return new Outcome(ids, closedFor);
    }

    @Override
    public void close() {
        callers.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
