package dev.batchgate.metrics;

import dev.batchgate.ingestion.BatchQueue;
import dev.batchgate.ingestion.BatchgateProperties;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.QueueState;
import dev.batchgate.ingestion.Unavailable;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How the queue stands, as {@code GET /queue} tells it: of the whole installation, whichever replica is scraped. It is looked at
 * once for all gauges of a scrape, and at most once a second, also where that fails; a gauge is not a number then.
 *
 * <p>Any thread may enter; the monitor guards the last look, and whoever comes meanwhile waits for it.
 */
final class QueueGauges {

    private static final long KEPT = Duration.ofSeconds(1).toNanos();

    private final BatchQueue queue;
    private final Clock clock;
    private final LongSupplier nanos;
    private @Nullable Look last;

    /** @param at when the store had answered */
    private record Look(long at, @Nullable QueueState state, Duration overdue) {}

    QueueGauges(BatchQueue queue, Clock clock, LongSupplier nanos) {
        this.queue = queue;
        this.clock = clock;
        this.nanos = nanos;
    }

    void register(MeterRegistry registry) {
        for (Priority priority : Priority.values()) {
            Tags tags = Tags.of(Names.PRIORITY, Names.label(priority));
            gauge(
                    registry,
                    "backlog.batches",
                    "Batches that wait for their first dispatch",
                    tags,
                    look -> waiting(look, priority).batches());
            gauge(
                    registry,
                    "backlog.retrying.batches",
                    "Batches that wait to be dispatched again",
                    tags,
                    look -> waiting(look, priority).retrying());
            gauge(
                    registry,
                    "backlog.oldest.age.seconds",
                    "Since when the oldest ingestion was accepted that has a batch waiting; 0 if none has",
                    tags,
                    look -> age(waiting(look, priority).oldest()));
        }
        gauge(
                registry,
                "in.flight.batches",
                "Batches being fetched",
                Tags.empty(),
                look -> state(look).inFlight());
        gauge(
                registry,
                "paused",
                "Whether somebody has closed the gate: 1, or 0",
                Tags.empty(),
                look -> state(look).paused() ? 1 : 0);
        gauge(
                registry,
                "upstream.down",
                "Whether no connection to the upstream was found for a while: 1, or 0",
                Tags.empty(),
                look -> state(look).upstream().down() ? 1 : 0);
        gauge(
                registry,
                "dispatch.overdue.seconds",
                "For how long a slot has stood open that a waiting batch could have had",
                Tags.empty(),
                look -> look.overdue().toNanos() / 1e9);
    }

    /** What is configured, for who compares. */
    static void registerSettings(MeterRegistry registry, BatchgateProperties properties) {
        Gauge.builder(
                        Names.PREFIX + "interval.seconds",
                        () -> properties.interval().toNanos() / 1e9)
                .description("Least time between two dispatches")
                .register(registry);
        Gauge.builder(
                        Names.PREFIX + "backlog.limit.batches",
                        () -> properties.limits().maxBacklog())
                .description("Batches that may wait")
                .register(registry);
    }

    private void gauge(
            MeterRegistry registry, String name, String description, Tags tags, ToDoubleFunction<Look> value) {
        Gauge.builder(Names.PREFIX + name, () -> value(value))
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private double value(ToDoubleFunction<Look> value) {
        Look look = look();
        return look.state() == null ? Double.NaN : value.applyAsDouble(look);
    }

    private synchronized Look look() {
        Look known = last;
        if (known == null || nanos.getAsLong() - known.at() >= KEPT) {
            known = lookNow();
            last = known;
        }
        return known;
    }

    private Look lookNow() {
        try {
            // First what is not even asked for while the store is known not to answer.
            Duration overdue = queue.overdue();
            QueueState state = queue.state();
            return new Look(nanos.getAsLong(), state, overdue);
        } catch (Unavailable noStore) {
            return new Look(nanos.getAsLong(), null, Duration.ZERO);
        }
    }

    private static QueueState state(Look look) {
        return Objects.requireNonNull(look.state());
    }

    private static QueueState.Waiting waiting(Look look, Priority priority) {
        return Objects.requireNonNull(state(look).waiting().get(priority));
    }

    private double age(@Nullable Instant oldest) {
        return oldest == null
                ? 0
                : Math.max(0, Duration.between(oldest, clock.instant()).toMillis() / 1e3);
    }
}
