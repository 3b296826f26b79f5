package dev.batchgate.postgres;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Wakes the dispatcher for news that matter to it. Any thread rings, one waits; the monitor guards {@code rung}.
 */
class Alarm {

    /** What may change whether there is a slot or a batch for it. */
    enum News {
        /** Something has come into the line, of this replica or another. */
        WORK,
        /** The gate was paused or resumed, or a replica stops. */
        GATE,
        /** A batch of this replica has left. */
        DEPARTURE,
        /** A dispatch of this replica has ended. */
        END
    }

    private final Set<News> rung = EnumSet.noneOf(News.class);

    synchronized void ring(News news) {
        rung.add(news);
        notifyAll();
    }

    /** What has been rung until now is known. */
    synchronized void reset() {
        rung.clear();
    }

    /** Returns after {@code nanos}, or as soon as any of this has been rung since the last reset. */
    synchronized void await(Set<News> matter, long nanos) throws InterruptedException {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !hasRung(matter); left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Whether any of this has been rung since the last reset. */
    synchronized boolean hasRung(Set<News> matter) {
        return rung.stream().anyMatch(matter::contains);
    }
}
