package dev.batchgate.ledger;

import dev.batchgate.ingestion.Fairness;
import dev.batchgate.ingestion.Priority;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** How far an ingestion has come at the moment that the replay has reached. */
final class Course {

    static final Comparator<Course> MOST_URGENT_FIRST = Comparator.<Course>comparingInt(course -> course.rank)
            .thenComparingLong(course -> course.ingestion.sequence());

    private static final List<String> PRIORITIES = List.of("HIGH", "MEDIUM", "LOW");
    private static final int NONE = Integer.MAX_VALUE;

    private final Accepted ingestion;
    private String priority;
    private int rank;
    private boolean cancelled;

    /** Whether failed ids have been asked for again since it was cancelled. */
    private boolean askedSince;

    /** Batches before this one have been dispatched, unless they were skipped. */
    private int next;

    private int dispatched;
    private int ended;

    /** By batch, where more may follow than has been told of; shared and empty for the many that have none. */
    private Map<Integer, LastDispatch> noted = Map.of();

    /** Batches before {@code next} that wait for nothing but a slot; null for the many that have none. */
    private @Nullable TreeSet<Integer> due;

    Course(Accepted ingestion) {
        this.ingestion = ingestion;
        this.priority = ingestion.priority();
        this.rank = PRIORITIES.indexOf(priority);
        this.next = ingestion.firstBatch();
        this.dispatched = next;
        this.ended = next;
    }

    /** Waits for nothing but a slot with at least one batch. */
    boolean isEligible() {
        return mostUrgentBatch() != NONE;
    }

    /** Its first batch of those that wait for nothing but a slot; greater than any other if there is none. */
    int mostUrgentBatch() {
        if (due != null && !due.isEmpty()) {
            return due.first();
        }
        return hasNew() ? next : NONE;
    }

    private boolean hasNew() {
        return !cancelled && next < ingestion.batches();
    }

    boolean wasDispatched(int batch) {
        boolean skipped = due != null && due.contains(batch) && !noted.containsKey(batch);
        return batch < next && !skipped;
    }

    /** Whether a batch was dispatched before the ledger begins, and never since. */
    boolean isCut(int batch) {
        return batch < ingestion.firstBatch() && !noted.containsKey(batch);
    }

    /** Whether a batch must not be dispatched, because it was cancelled. */
    boolean isCancelled(int batch) {
        LastDispatch last = noted.get(batch);
        if (!cancelled || (isCut(batch) && askedSince)) {
            return false;
        }
        return !wasDispatched(batch) || last == null || last.hasEnded() || last.isWithdrawn();
    }

    @Nullable
    LastDispatch last(int batch) {
        return noted.get(batch);
    }

    LastDispatch dispatch(Dispatch dispatch) {
        int batch = dispatch.batch();
        LastDispatch before = noted.get(batch);
        if (!wasDispatched(batch)) {
            dispatched++;
        } else if (before == null || before.hasEnded()) {
            ended--;
        }
        while (hasNew() && next < batch) {
            comeDue(next);
            next++;
        }
        next = Math.max(next, batch + 1);
        undue(batch);
        LastDispatch last = new LastDispatch(this, dispatch);
        ended += last.hasEnded() ? 1 : 0;
        note(last);
        return last;
    }

    private void note(LastDispatch last) {
        if (noted.isEmpty()) {
            noted = new TreeMap<>();
        }
        if (last.isOver() && last.batch() >= ingestion.firstBatch()) {
            noted.remove(last.batch());
        } else {
            noted.put(last.batch(), last);
        }
        noted = noted.isEmpty() ? Map.of() : noted;
    }

    /** A batch waits for nothing but a slot. */
    void comeDue(int batch) {
        TreeSet<Integer> begun = due == null ? new TreeSet<>() : due;
        begun.add(batch);
        due = begun;
    }

    /** A batch waits for more than a slot. */
    void undue(int batch) {
        if (due != null) {
            due.remove(batch);
        }
    }

    void move(String to) {
        priority = to;
        rank = PRIORITIES.indexOf(to);
    }

    void cancel() {
        cancelled = true;
        askedSince = false;
        due = null;
        noted.values().forEach(last -> ended += last.cancel() ? 1 : 0);
    }

    /** What had failed was asked for again. */
    void retry() {
        askedSince = true;
    }

    /** A batch that had failed was, or should have been; if it had. */
    void passOver(LastDispatch failed, Control retry, boolean certain) {
        failed.passOver(retry, certain);
        if (certain) {
            comeDue(failed.batch());
        }
    }

    /** A batch that had failed was, as its row tells. */
    void ask(LastDispatch failed) {
        failed.ask();
        ended--;
        comeDue(failed.batch());
    }

    /** The last dispatch of each batch of which more may follow than has been told of. */
    Collection<LastDispatch> noted() {
        return noted.values();
    }

    Accepted ingestion() {
        return ingestion;
    }

    String priority() {
        return priority;
    }

    /** The number of its priority, 0 for the highest. */
    int rank() {
        return rank;
    }

    /** The rank in force at a moment, and who takes turns with others there; by priority alone if its age is not known. */
    Fairness.Turn turn(Fairness fairness, long at) {
        Long createdAt = ingestion.createdAt();
        int inForce = createdAt == null || rank < 0 ? rank : fairness.rank(Priority.valueOf(priority), createdAt, at);
        return fairness.turn(inForce, ingestion.owner());
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** Batches that have not ended. */
    int open() {
        return (cancelled ? dispatched : ingestion.batches()) - ended;
    }

    /** Whether any batch is to be dispatched that is not in flight. */
    boolean isWaiting() {
        return hasNew()
                || noted.values().stream()
                        .anyMatch(last -> last.isAsked()
                                || (last.isWaiting() && last.dispatch().isOver()));
    }
}
