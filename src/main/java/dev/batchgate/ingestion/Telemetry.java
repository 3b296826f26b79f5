package dev.batchgate.ingestion;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the heart and the stores say what has just been done, for all who measure it. On a queue that replicas share, each
 * replica says what it did itself.
 *
 * <p>Any thread may enter. Meters are told by the thread that did it, once nobody waits for that any more.
 */
public final class Telemetry {

    private static final Logger log = LoggerFactory.getLogger(Telemetry.class);

    /** Whoever measures. Must not wait for anything that submissions or slots wait for, too. */
    public interface Meter {

        /** An ingestion is on stable storage. */
        default void accepted(Priority priority, int batches, int ids) {}

        /** A batch has been given a slot, and is about to be fetched. */
        default void dispatched(Batch batch) {}

        /** The upstream has answered, or will not. */
        default void fetched(Batch batch, Outcome outcome, Duration took) {}

        /** A dispatch has ended, which is on stable storage. */
        default void finished(Batch batch, Verdict verdict) {}

        /** The same dispatch, where it can be told how it came to its slot. */
        default void measured(SlotUse use) {}

        /** Nothing more will be told of a batch that was {@link #dispatched}, whatever became of it. */
        default void ended(Batch batch) {}

        /** So many changes, all that waited, were written to the store and committed at once. */
        default void committed(int changes, Duration took) {}
    }

    private final List<Meter> meters = new CopyOnWriteArrayList<>();

    public void attach(Meter meter) {
        meters.add(meter);
    }

    /** Whether it is worth finding out what takes a while to find out. */
    public boolean isAsked() {
        return !meters.isEmpty();
    }

    /** Says it to all of them; what is measured must not stop what is done, whatever becomes of it. */
    public void tell(Consumer<Meter> news) {
        for (Meter meter : meters) {
            try {
                news.accept(meter);
            } catch (RuntimeException defect) {
                log.warn("Something was not measured", defect);
            }
        }
    }
}
