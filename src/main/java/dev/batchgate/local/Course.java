package dev.batchgate.local;

import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What became of those batches of one ingestion that have been dispatched, and of the rest if it was cancelled: two
 * moments for each, and a word about those alone that did not plainly complete. Not safe for use by several threads.
 */
final class Course {

    private static final int FIRST_CAPACITY = 2;

    private long[] startedMicros = new long[FIRST_CAPACITY];
    private long[] endedMicros = new long[FIRST_CAPACITY];

    /** Batches that did not complete at their first attempt, or not yet. */
    private final Map<Integer, BatchState> noted = new HashMap<>(2);

    /** Batches that wait to be dispatched again, and those of them whose wait is over. */
    private final TreeMap<Integer, Retry> retries = new TreeMap<>();

    private final TreeSet<Integer> due = new TreeSet<>();

    /** Batches in flight, and those of them that must not be dispatched again. */
    private final Set<Integer> flying = new HashSet<>(2);

    private final Set<Integer> withdrawn = new HashSet<>(2);
    private @Nullable Instant cancelledAt;
    private int ended;

    /** A batch is dispatched, for the first time or again. */
    void dispatched(int batch, long micros) {
        Instant now = Micros.instant(micros);
        if (noted.containsKey(batch)) {
            noted.put(batch, state(batch).dispatched(now));
            retries.remove(batch);
            due.remove(batch);
        } else {
            startedMicros = withRoomFor(batch, startedMicros);
            startedMicros[batch] = micros;
            noted.put(batch, BatchState.YET_TO_START.dispatched(now));
        }
        flying.add(batch);
    }

    /** The same as that it is dispatched and ends; of one that nothing was known of, for less. */
    void completed(int batch, long started, long finished) {
        if (noted.containsKey(batch)) {
            dispatched(batch, started);
            ended(batch, BatchStatus.COMPLETED, null, finished);
            return;
        }
        startedMicros = withRoomFor(batch, startedMicros);
        startedMicros[batch] = started;
        endedMicros = withRoomFor(batch, endedMicros);
        endedMicros[batch] = finished;
        ended++;
    }

    /** A dispatch has come back, and some of its ids are to be asked for again. */
    void incomplete(Retry retry, String why) {
        land(retry.batch());
        noted.put(
                retry.batch(),
                state(retry.batch()).incomplete(why, Micros.instant(retry.due().micros())));
        retries.put(retry.batch(), retry);
    }

    /** Nobody will know how a dispatch ended. */
    void outcomeLost(Retry retry) {
        land(retry.batch());
        noted.put(
                retry.batch(),
                state(retry.batch()).outcomeLost(Micros.instant(retry.due().micros())));
        retries.put(retry.batch(), retry);
    }

    /** The failed ids of a batch are to be asked for again. */
    void retried(Retry retry) {
        ended--;
        noted.put(
                retry.batch(),
                state(retry.batch()).retried(Micros.instant(retry.due().micros())));
        retries.put(retry.batch(), retry);
    }

    /** What is known of a batch's missing ids has been looked up. */
    void replace(Retry retry) {
        retries.put(retry.batch(), retry);
    }

    /** None of the batch's ids will be asked for any more. */
    void ended(int batch, BatchStatus end, @Nullable String error, long micros) {
        land(batch);
        retries.remove(batch);
        due.remove(batch);
        BatchState state = state(batch).ended(end, error, Micros.instant(micros));
        if (end == BatchStatus.COMPLETED && state.attempts() == 1) {
            endedMicros = withRoomFor(batch, endedMicros);
            endedMicros[batch] = micros;
            noted.remove(batch);
        } else {
            noted.put(batch, state);
        }
        ended++;
    }

    private void land(int batch) {
        flying.remove(batch);
        withdrawn.remove(batch);
    }

    /** What was not dispatched never will be, and what is in flight not again. The retries are ended one by one. */
    void cancelled(long micros) {
        cancelledAt = cancelledAt == null ? Micros.instant(micros) : cancelledAt;
        withdrawn.addAll(flying);
    }

    boolean isCancelled() {
        return cancelledAt != null;
    }

    /** Whether there is anything that a cancellation would change, of what was dispatched. */
    boolean canBeCancelled() {
        return !retries.isEmpty() || !withdrawn.containsAll(flying);
    }

    boolean isWithdrawn(int batch) {
        return withdrawn.contains(batch);
    }

    /** The wait of a batch is over, if it is still the same wait. */
    boolean comeDue(int batch, long dueTicks) {
        Retry retry = retries.get(batch);
        return retry != null && retry.due().ticks() == dueTicks && due.add(batch);
    }

    /** The first batch whose wait is over. */
    @Nullable
    Retry firstDue() {
        return due.isEmpty() ? null : Objects.requireNonNull(retries.get(due.first()));
    }

    /** How many batches have a wait that is over. */
    int due() {
        return due.size();
    }

    Collection<Retry> retries() {
        return retries.values();
    }

    int ended() {
        return ended;
    }

    BatchState state(int batch) {
        return Objects.requireNonNullElse(noted.get(batch), BatchState.YET_TO_START);
    }

    List<Integer> failed() {
        List<Integer> failed = new ArrayList<>();
        noted.forEach((batch, state) -> {
            if (state.status() == BatchStatus.FAILED) {
                failed.add(batch);
            }
        });
        failed.sort(null);
        return failed;
    }

    /**
     * The state of every batch at this moment.
     *
     * @param begun batches before this one have been dispatched
     */
    List<BatchState> states(int begun, int batches) {
        return new States(
                Arrays.copyOf(startedMicros, begun),
                Arrays.copyOf(endedMicros, begun),
                Map.copyOf(noted),
                cancelledAt,
                batches);
    }

    /** As {@link #states}, counted: whatever is not noted of those that have begun completed. */
    Progress progress(int begun, int batches) {
        Map<BatchStatus, Integer> counts = new EnumMap<>(BatchStatus.class);
        noted.values().forEach(state -> counts.merge(state.status(), 1, Integer::sum));
        return new Progress(
                batches,
                begun - noted.size() + counts.getOrDefault(BatchStatus.COMPLETED, 0),
                counts.getOrDefault(BatchStatus.FAILED, 0),
                counts.getOrDefault(BatchStatus.CANCELLED, 0) + (isCancelled() ? batches - begun : 0));
    }

    /** Its part of {@link Ingestion#revision}: two for each batch that began and ended once. */
    long revision(int begun) {
        long revision = 2L * (begun - noted.size());
        for (BatchState state : noted.values()) {
            revision += state.revision();
        }
        return revision;
    }

    private static long[] withRoomFor(int batch, long[] micros) {
        return batch < micros.length ? micros : Arrays.copyOf(micros, Math.max(batch + 1, micros.length * 2));
    }
}
