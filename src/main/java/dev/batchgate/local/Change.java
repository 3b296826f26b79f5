package dev.batchgate.local;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One change to the store, and what follows from it. All of it runs on the journal's thread, one change after the
 * other.
 *
 * @param <T> what whoever asked for it gets once it is on stable storage
 */
interface Change<T> {

    /**
     * Writes it, in a transaction that it may share with others. Whoever throws a {@link RuntimeException} has written
     * nothing, and refuses this change alone.
     */
    T write(StoreWriter store) throws SQLException;

    /**
     * Whether all that was asked for before it must be on stable storage, and in effect, when it is written; else it may
     * be written together with that.
     */
    default boolean needsAllBefore() {
        return false;
    }

    /** Whether it goes before all that waits and is not urgent; nobody has been told of that yet. */
    default boolean isUrgent() {
        return false;
    }

    /** It is on stable storage; runs before whoever asked for it is told. */
    default void committed() {}

    /**
     * When whoever asked for it may be told, at the earliest; null if at once. A slot has its batch before it opens, and nobody is
     * to know by then of what would have gone first.
     */
    default @Nullable Moment toldFrom() {
        return null;
    }

    /** What {@link #write} began has come to nothing; it may be written again. */
    default void rolledBack() {}
}
