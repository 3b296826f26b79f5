package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long the rest of some ingestions takes: by the service's own forecast if it gives one, else by what waits before
 * them and the pace. Nothing where that would be a guess.
 */
final class Forecast {

    /** Fewer say nothing about the pace. */
    private static final int ENOUGH = 3;

    private final Time time;
    private final long start;
    private final int endedAtStart;
    private @Nullable Integer waitingAtStart;

    /** @param endedAtStart batches that had ended before anybody looked */
    Forecast(Time time, int endedAtStart) {
        this.time = time;
        this.start = time.nanos();
        this.endedAtStart = endedAtStart;
    }

    /** By the service's own forecast; empty if it does not tell of each. */
    static Optional<Duration> told(List<IngestionReport> open) {
        return open.stream().allMatch(report -> report.left().isPresent())
                ? open.stream().flatMap(report -> report.left().stream()).max(Comparator.naturalOrder())
                : Optional.empty();
    }

    /**
     * By the queue.
     *
     * @param open those that have not ended
     * @param ended batches that have ended by now, of these and of those that have ended
     */
    Optional<Duration> derived(List<IngestionReport> open, int ended, QueueReport queue) {
        Optional<Priority> priority =
                open.stream().flatMap(report -> report.priority().stream()).max(Comparator.naturalOrder());
        int own = open.stream()
                .mapToInt(report -> report.total() - report.ended())
                .sum();
        if (queue.standstill().isPresent()
                || priority.isEmpty()
                || queue.interval().isEmpty()) {
            return Optional.empty();
        }
        int waiting = queue.waiting(priority.get());
        waitingAtStart = waitingAtStart == null ? (Integer) waiting : waitingAtStart;
        boolean hasBegun = open.stream().anyMatch(IngestionReport::hasBegun);
        // Oldest first: once one's own turn has come, only what is more urgent goes before; until then, what was there
        // already does, and what came later does not.
        int earlier = hasBegun ? 0 : Math.max(0, Math.min(waiting, waitingAtStart) - own);
        Duration slots =
                queue.interval().get().multipliedBy((long) own + earlier + queue.waitingBefore(priority.get()));
        return Optional.of(
                observed(own, ended).filter(pace -> pace.compareTo(slots) > 0).orElse(slots));
    }

    /** If the rest takes as long, each, as those that have ended since: slots are not the only thing that takes time. */
    private Optional<Duration> observed(int own, int ended) {
        int since = ended - endedAtStart;
        return since < ENOUGH
                ? Optional.empty()
                : Optional.of(Duration.ofNanos((long) ((double) (time.nanos() - start) / since * own)));
    }
}
