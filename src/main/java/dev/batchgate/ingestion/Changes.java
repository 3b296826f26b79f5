package dev.batchgate.ingestion;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Where stores say that an ingestion has changed, or the queue, once whoever asks for it sees that, for all who want to know.
 *
 * <p>Any thread may enter. Watchers are told by the thread that made the change, one after the other.
 */
public final class Changes {

    /** Whoever wants to know. Must not wait for anything, nor throw: dispatching would wait for it. */
    public interface Watcher {

        /** So did an ingestion; it may have been accepted long ago by another replica. */
        void changed(UUID ingestionId);

        /** So did the queue as a whole: something came in, or the gate was closed or opened. */
        default void queueChanged() {}

        /** Changes may have gone by untold, of any ingestion. */
        void missedSome();
    }

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();

    public void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    public void changed(UUID ingestionId) {
        watchers.forEach(watcher -> watcher.changed(ingestionId));
    }

    public void queueChanged() {
        watchers.forEach(Watcher::queueChanged);
    }

    /** Says that nobody could tell for a while. */
    public void missedSome() {
        watchers.forEach(Watcher::missedSome);
    }
}
