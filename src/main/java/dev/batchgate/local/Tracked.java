package dev.batchgate.local;

import dev.batchgate.ingestion.Batch;
import dev.batchgate.ingestion.BatchState;
import dev.batchgate.ingestion.BatchStatus;
import dev.batchgate.ingestion.Ids;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.Micros;
import dev.batchgate.ingestion.Outline;
import dev.batchgate.ingestion.Priority;
import dev.batchgate.ingestion.Progress;
import dev.batchgate.ingestion.Verdict;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One ingestion as the queue keeps it: a cursor over its ids, and the course of what the cursor has passed.
 *
 * <p>Entered by every thread. What identifies it never changes; the rest is guarded by its monitor, inside which no
 * other lock is taken. Priority and {@code queued} order the line and change only under the line's lock as well.
 */
final class Tracked {

    /** By priority, creation time and acceptance sequence; the latter two never disagree. */
    static final Comparator<Tracked> MOST_URGENT_FIRST = Comparator.<Tracked, Priority>comparing(t -> t.priority)
            .thenComparingLong(t -> t.createdAtMicros)
            .thenComparingLong(t -> t.sequence);

    private final UUID id;

    /** See {@link Ids#array}. */
    private final Object ids;

    private final int batchSize;
    private final long createdAtMicros;
    private final long sequence;
    private final @Nullable String owner;
    private volatile Priority priority;
    private boolean queued;
    private int orders;

    /** Batches before this one have been dispatched. */
    private int next;

    /** Null for the many that nothing has happened to. */
    private @Nullable Course course;

    Tracked(
            UUID id,
            Priority priority,
            Ids ids,
            int batchSize,
            long createdAtMicros,
            long sequence,
            @Nullable String owner) {
        this.id = id;
        this.priority = priority;
        this.ids = ids.array();
        this.batchSize = batchSize;
        this.createdAtMicros = createdAtMicros;
        this.sequence = sequence;
        this.owner = owner;
    }

    private Course course() {
        Course begun = course == null ? new Course() : course;
        course = begun;
        return begun;
    }

    /**
     * Its most urgent batch of those that need not wait.
     *
     * @param newest sequence of the newest ingestion that there is to choose from
     * @param rank in which it is the most urgent, 0 for the highest
     */
    synchronized Choice choose(long newest, int rank) {
        Retry due = course == null ? null : course.firstDue();
        if (due != null) {
            Batch whole = batch(due.batch());
            Batch missing = new Batch(
                    id, due.batch(), due.places().stream().map(whole.ids()::get).toList());
            int attempt = course().state(due.batch()).attempts() + 1;
            return new Choice(this, missing, due.places(), attempt, due.counted() + 1, due.before(), newest, rank);
        }
        if (waiting() == 0) {
            throw new IllegalStateException("no batch of " + id + " waits for nothing but a slot");
        }
        Batch whole = batch(next);
        List<Integer> places = IntStream.range(0, whole.ids().size()).boxed().toList();
        return new Choice(this, whole, places, 1, 1, Verdict.Before.NOTHING, newest, rank);
    }

    private Ids ids() {
        return Ids.over(ids);
    }

    Batch batch(int index) {
        return Batch.cut(id, ids(), batchSize, index);
    }

    /** A batch is dispatched: the one that the cursor points at, or one before it once more. */
    synchronized void dispatched(int batch, long micros) {
        course().dispatched(batch, micros);
        next = Math.max(next, batch + 1);
    }

    /** A batch was dispatched, and all of it came back. */
    synchronized void completed(int batch, long startedMicros, long endedMicros) {
        course().completed(batch, startedMicros, endedMicros);
        next = Math.max(next, batch + 1);
    }

    /** A dispatch has come back, and some of its ids are to be asked for again. */
    synchronized void incomplete(Retry retry, String why) {
        course().incomplete(retry, why);
    }

    /** Nobody will know how a dispatch ended. */
    synchronized void outcomeLost(Retry retry) {
        course().outcomeLost(retry);
    }

    /** The failed ids of a batch are to be asked for again. */
    synchronized void retried(Retry retry) {
        course().retried(retry);
    }

    /** What is known of a batch's missing ids has been looked up. */
    synchronized void replace(Retry retry) {
        course().replace(retry);
    }

    synchronized void ended(int batch, BatchStatus end, @Nullable String error, long micros) {
        course().ended(batch, end, error, micros);
    }

    /** What was not dispatched never will be, what is in flight not again. */
    synchronized void cancelled(long micros) {
        course().cancelled(micros);
        orders++;
    }

    synchronized boolean canBeCancelled() {
        return waiting() > 0 || (course != null && course.canBeCancelled());
    }

    /** Whether a batch in flight must not be dispatched again. */
    synchronized boolean isWithdrawn(int batch) {
        return course != null && course.isWithdrawn(batch);
    }

    /** Whether a cancellation would end it, with nothing of it in flight. */
    synchronized boolean endsWhenCancelled() {
        return course == null || course.ended() + course.retries().size() == next;
    }

    /** Whether every batch has ended, or will have once {@code more} of those that were dispatched have. */
    synchronized boolean hasEnded(int more) {
        return waiting() == 0 && (course == null ? 0 : course.ended()) + more == next;
    }

    /** Batches that wait for their first dispatch. */
    synchronized int waiting() {
        return course != null && course.isCancelled() ? 0 : batches() - next;
    }

    /** Those that wait to be dispatched again. */
    synchronized List<Retry> retries() {
        return course == null ? List.of() : List.copyOf(course.retries());
    }

    synchronized int retrying() {
        return course == null ? 0 : course.retries().size();
    }

    synchronized boolean comeDue(int batch, long dueTicks) {
        return course != null && course.comeDue(batch, dueTicks);
    }

    /** Batches that wait for nothing but a slot. */
    synchronized int eligible() {
        return waiting() + (course == null ? 0 : course.due());
    }

    /** Whether any batch waits for nothing but a slot. */
    synchronized boolean isEligible() {
        return waiting() > 0 || (course != null && course.firstDue() != null);
    }

    synchronized List<Integer> failed() {
        return course == null ? List.of() : course.failed();
    }

    synchronized Ingestion snapshot() {
        List<BatchState> states = course == null
                ? Collections.nCopies(batches(), BatchState.YET_TO_START)
                : course.states(next, batches());
        long revision = orders + (course == null ? 0 : course.revision(next));
        return new Ingestion(id, priority, createdAt(), ids(), batchSize, owner, revision, progress(), states);
    }

    synchronized Outline outline() {
        return Outline.of(id, priority, createdAt(), progress(), next);
    }

    private Progress progress() {
        return course == null ? new Progress(batches(), 0, 0, 0) : course.progress(next, batches());
    }

    synchronized void move(Priority to) {
        priority = to;
        orders++;
    }

    /** Its failed ids have been asked for again. */
    synchronized void askedAgain() {
        orders++;
    }

    /** Changes inside the line's lock alone; whoever asks outside of it may be told what has just been. */
    Priority priority() {
        return priority;
    }

    boolean isQueued() {
        return queued;
    }

    void setQueued(boolean inLine) {
        queued = inLine;
    }

    UUID id() {
        return id;
    }

    /** Name of the key that it was handed in with; null if there was none. */
    @Nullable
    String owner() {
        return owner;
    }

    long sequence() {
        return sequence;
    }

    Instant createdAt() {
        return Micros.instant(createdAtMicros);
    }

    long createdAtMicros() {
        return createdAtMicros;
    }

    int batchSize() {
        return batchSize;
    }

    int batches() {
        return Batch.count(ids(), batchSize);
    }
}
