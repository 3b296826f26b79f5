package dev.batchgate.tracing;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.Traceparents;
import dev.batchgate.ingestion.Unavailable;
import dev.batchgate.ingestion.Verdict;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Clock;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A span for each dispatch, a trace of its own that is linked to the one that its ingestion was handed in under, however long ago
 * and by whichever process; and in it one for the fetch.
 *
 * <p>Any thread may enter. The stored trace is read once the dispatch has ended, so that no batch departs later for it.
 */
final class DispatchSpans implements Telemetry.Meter {

    private static final Logger log = LoggerFactory.getLogger(DispatchSpans.class);

    private final Tracer tracer;
    private final Traceparents traceparents;
    private final Clock clock;

    /** By the very object that was dispatched: the same batch may be under way twice, where a lease ran out. */
    private final Map<Batch, Span> open = Collections.synchronizedMap(new IdentityHashMap<>());

    DispatchSpans(Tracer tracer, Traceparents traceparents, Clock clock) {
        this.tracer = tracer;
        this.traceparents = traceparents;
        this.clock = clock;
    }

    @Override
    public void dispatched(Batch batch) {
        Span span = tracer.spanBuilder("dispatch")
                .setNoParent()
                .setAttribute("batchgate.ingestion_id", batch.ingestionId().toString())
                .setAttribute("batchgate.batch_id", batch.id())
                .setAttribute("batchgate.ids", batch.ids().size())
                .startSpan();
        open.put(batch, span);
    }

    @Override
    public void fetched(Batch batch, Outcome outcome, Duration took) {
        Span dispatch = open.get(batch);
        if (dispatch == null) {
            return;
        }
        long now = 1_000 * Micros.of(clock.instant());
        Span fetch = tracer.spanBuilder("fetch")
                .setParent(Context.root().with(dispatch))
                .setSpanKind(SpanKind.CLIENT)
                .setStartTimestamp(now - took.toNanos(), TimeUnit.NANOSECONDS)
                .setAttribute("batchgate.ids", outcome.ids().size())
                .setAttribute("batchgate.ids.fetched", fetched(outcome))
                .startSpan();
        if (fetched(outcome) < outcome.ids().size()) {
            fetch.setStatus(StatusCode.ERROR);
        }
        fetch.end(now, TimeUnit.NANOSECONDS);
    }

    private static long fetched(Outcome outcome) {
        return outcome.ids().stream()
                .filter(IdOutcome.Fetched.class::isInstance)
                .count();
    }

    @Override
    public void finished(Batch batch, Verdict verdict) {
        Span span = open.get(batch);
        if (span != null) {
            span.setAttribute("batchgate.batch.status", verdict.status().name().toLowerCase(Locale.ROOT));
            if (verdict.status() == BatchStatus.FAILED) {
                span.setStatus(StatusCode.ERROR);
            }
        }
    }

    @Override
    public void ended(Batch batch) {
        Span span = open.remove(batch);
        if (span == null) {
            return;
        }
        try {
            traceparents.find(batch.ingestionId()).map(TraceContext::parse).ifPresent(span::addLink);
        } catch (Unavailable unreadable) {
            log.debug("A dispatch is not linked to its submission", unreadable);
        } finally {
            span.end();
        }
    }
}
