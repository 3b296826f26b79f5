package dev.batchgate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a test did to replicas and their database, and when: the only excuses there are. Any thread may enter; guarded by
 * this.
 */
final class Disturbances {

    /** Stands for all processes: their database. */
    static final String EVERYBODY = "everybody";

    private static final long NOT_OVER = Long.MAX_VALUE;

    /** What something done to a process excuses. */
    enum Excuse {
        /** That it does not answer, or answers that it cannot. */
        NO_ANSWER,
        /** That what it was fetching is fetched again. */
        REPEAT
    }

    /** Something that is being done; over once it is told so. */
    final class Disturbance {
        private final String process;
        private final Set<Excuse> excuses;
        private final long from = System.nanoTime();
        private long to = NOT_OVER;

        private Disturbance(String process, Set<Excuse> excuses) {
            this.process = process;
            this.excuses = excuses;
        }

        void over() {
            synchronized (Disturbances.this) {
                to = System.nanoTime();
            }
        }

        private boolean concerns(String other, long since, long until, Duration aftermath) {
            long end = to == NOT_OVER ? NOT_OVER : to + aftermath.toNanos();
            return (process.equals(EVERYBODY) || process.equals(other)) && from <= until && since <= end;
        }

        @Override
        public String toString() {
            return "%s of %s".formatted(excuses, process);
        }
    }

    private final Duration recovery;
    private final Duration lease;
    private final List<Disturbance> all = new ArrayList<>();

    /**
     * @param recovery how long after a disturbance a process may take until it answers again
     * @param lease how long after it a batch may still be fetched again that was in flight then
     */
    Disturbances(Duration recovery, Duration lease) {
        this.recovery = recovery;
        this.lease = lease;
    }

    synchronized Disturbance begin(String process, Excuse first, Excuse... more) {
        Disturbance disturbance = new Disturbance(process, EnumSet.of(first, more));
        all.add(disturbance);
        return disturbance;
    }

    /** Whether a process need not have answered what it was asked then. */
    synchronized boolean excuseNoAnswer(String process, long asked, long answered) {
        return all.stream()
                .anyMatch(one ->
                        one.excuses.contains(Excuse.NO_ANSWER) && one.concerns(process, asked, answered, recovery));
    }

    /** Whether the outcome may be unknown of what a process fetched then. */
    synchronized boolean excuseRepeat(String process, long sent, long recorded) {
        return all.stream()
                .anyMatch(one -> one.excuses.contains(Excuse.REPEAT) && one.concerns(process, sent, recorded, lease));
    }

    /** Whether anything at all was disturbed then. */
    synchronized boolean any(long since, long until) {
        return all.stream().anyMatch(one -> one.concerns(one.process, since, until, lease));
    }
}
