package dev.batchgate.metrics;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.IdOutcome;
import dev.batchgate.ingestion.Outcome;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.SlotUse;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.Verdict;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Counts and times what this process does. Any thread may enter; all series are there from the start, so that what has
 * not happened yet is 0 and not missing.
 */
final class WorkMeters implements Telemetry.Meter {

    /** How a batch has ended; what one dispatch of several brought is not told apart any further. */
    private enum End {
        COMPLETED,
        FAILED,
        CANCELLED
    }

    private final Map<Priority, Counter> ingestions;
    private final Map<Priority, Counter> batches;
    private final Map<Priority, Counter> ids;
    private final Counter dispatched;
    private final Counter retried;
    private final Map<End, Counter> batchesEnded;
    private final Map<End, Counter> idsEnded;
    private final Map<FetchOutcome, Timer> fetches;
    private final Map<Priority, Timer> waits;
    private final Timer lateness;
    private final Timer commits;
    private final DistributionSummary changes;

    WorkMeters(MeterRegistry registry) {
        ingestions = byPriority(registry, "ingestions.accepted", "Ingestions accepted");
        batches = byPriority(registry, "batches.accepted", "Batches accepted");
        ids = byPriority(registry, "ids.accepted", "Ids accepted");
        dispatched = counter("batches.dispatched", "Batches dispatched, those dispatched again included")
                .register(registry);
        retried = counter("batches.retried", "Dispatches after which some ids of the batch are to be fetched again")
                .register(registry);
        batchesEnded = by(
                End.class,
                end -> counter("batches.ended", "Batches that have ended after a dispatch")
                        .tag(Names.OUTCOME, label(end))
                        .register(registry));
        idsEnded = by(
                End.class,
                end -> counter("ids.ended", "Ids that have ended with a dispatch")
                        .tag(Names.OUTCOME, label(end))
                        .register(registry));
        fetches = by(
                FetchOutcome.class,
                outcome -> Names.timer("upstream.fetch", "From the start of a fetch to its last answer")
                        .tag(Names.OUTCOME, label(outcome))
                        .register(registry));
        waits = by(
                Priority.class,
                priority -> Names.timer(
                                "wait", "From the acceptance of an ingestion to the first dispatch of a batch of it")
                        .tag(Names.PRIORITY, Names.label(priority))
                        .register(registry));
        lateness = Names.timer("slot.lateness", "From when a slot could have been used to when its batch left")
                .register(registry);
        commits = Names.timer("commit", "Writing and committing one group of changes to the store")
                .register(registry);
        changes = Names.sizes("commit.changes", "Changes in a group that was committed at once")
                .register(registry);
    }

    private static Counter.Builder counter(String name, String description) {
        return Counter.builder(Names.PREFIX + name).description(description);
    }

    private static Map<Priority, Counter> byPriority(MeterRegistry registry, String name, String description) {
        return by(
                Priority.class,
                priority -> counter(name, description)
                        .tag(Names.PRIORITY, Names.label(priority))
                        .register(registry));
    }

    private static <K extends Enum<K>, M> Map<K, M> by(Class<K> keys, Function<K, M> meter) {
        Map<K, M> meters = new EnumMap<>(keys);
        Arrays.stream(Objects.requireNonNull(keys.getEnumConstants()))
                .forEach(key -> meters.put(key, meter.apply(key)));
        return meters;
    }

    private static String label(Enum<?> one) {
        return one.name().toLowerCase(Locale.ROOT);
    }

    private static <K, M> M of(Map<K, M> meters, K key) {
        return Objects.requireNonNull(meters.get(key));
    }

    @Override
    public void accepted(Priority priority, int batchCount, int idCount) {
        of(ingestions, priority).increment();
        of(batches, priority).increment(batchCount);
        of(ids, priority).increment(idCount);
    }

    @Override
    public void dispatched(Batch batch) {
        dispatched.increment();
    }

    @Override
    public void fetched(Batch batch, Outcome outcome, Duration took) {
        of(fetches, FetchOutcome.of(outcome)).record(took);
    }

    @Override
    public void finished(Batch batch, Verdict verdict) {
        if (verdict.status() == BatchStatus.TRIGGERED) {
            retried.increment();
        } else {
            of(batchesEnded, End.valueOf(verdict.status().name())).increment();
        }
        for (IdOutcome id : verdict.ids()) {
            if (id instanceof IdOutcome.Fetched) {
                of(idsEnded, End.COMPLETED).increment();
            } else if (id instanceof IdOutcome.Failed) {
                of(idsEnded, End.FAILED).increment();
            } else if (id instanceof IdOutcome.Cancelled) {
                of(idsEnded, End.CANCELLED).increment();
            }
        }
    }

    @Override
    public void measured(SlotUse use) {
        lateness.record(use.late());
        if (use.isFirst()) {
            of(waits, use.priority()).record(use.waited());
        }
    }

    @Override
    public void committed(int changeCount, Duration took) {
        commits.record(took);
        changes.record(changeCount);
    }
}
