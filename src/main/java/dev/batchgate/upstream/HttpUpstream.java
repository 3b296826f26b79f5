package dev.batchgate.upstream;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Upstream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    private final Duration timeout;
    private final CloseableHttpClient client;
    private final ExecutorService callers;
    private final Preparation preparation;

    HttpUpstream(UrlTemplate template, Map<String, String> headers, Duration timeout, BatchgateProperties gate) {
        int perBatch = template.requestPerId() ? gate.batchSize() : 1;
        int atOnce = gate.maxInFlight() * perBatch;
        this.template = template;
        this.timeout = timeout;
        PoolingHttpClientConnectionManager connections = UpstreamClient.connections(timeout);
        this.client = UpstreamClient.create(headers, timeout, connections);
        this.callers = Executors.newCachedThreadPool(new CustomizableThreadFactory("upstream-"));
        this.preparation = new Preparation(connections, template.route(), perBatch, atOnce, gate.interval(), callers);
        Rehearsal.perform(client);
    }

    @Override
    public CompletionStage<Outcome> fetch(Batch batch, Runnable departed) {
        List<Call> calls = template.targets(batch.ids()).stream()
                .map(target -> new Call(client, target, batch.id(), timeout))
                .toList();
        CompletableFuture<Void> answered =
                allOf(calls.stream().map(Call::answer).toList());
        CompletableFuture<Void> gone = allOf(calls.stream().map(Call::departure).toList())
                .thenRun(departed)
                .thenRun(() -> preparation.afterDeparture(answered));
        calls.forEach(this::start);
        return answered.thenCombine(gone, (all, left) -> outcome(calls));
    }

    /** A request that finds no thread fails; those that found one go their way, and the batch ends when all have. */
    private void start(Call call) {
        try {
            callers.execute(call);
        } catch (RejectedExecutionException | OutOfMemoryError noThread) {
            call.abandon("Batchgate could not make the request: " + FailureReason.of(noThread));
        }
    }

    private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> all) {
        return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
    }

    private static Outcome outcome(List<Call> calls) {
        List<byte[]> answers = new ArrayList<>();
        List<String> failures = new ArrayList<>();
        for (Call call : calls) {
            Outcome outcome = call.answer().join();
            if (outcome instanceof Outcome.Completed completed) {
                answers.addAll(completed.answers());
            } else if (outcome instanceof Outcome.Failed failed) {
                failures.add(failed.reason());
            }
        }
        return failures.isEmpty()
                ? new Outcome.Completed(answers)
                : new Outcome.Failed(FailureReason.few(failures, "; "));
    }

    @Override
    public void close() {
        callers.shutdownNow();
        client.close(CloseMode.IMMEDIATE);
    }
}
