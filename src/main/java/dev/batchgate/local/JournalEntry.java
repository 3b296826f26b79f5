package dev.batchgate.local;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A change in the journal and the answer that somebody waits for. The journal's threads enter, one after the other; anyone awaits the
 * answer.
 */
final class JournalEntry<T> {

    private final Change<T> change;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable RuntimeException refusal;
    private boolean written;

    JournalEntry(Change<T> change) {
        this.change = change;
    }

    CompletableFuture<T> answer() {
        return answer;
    }

    boolean isUrgent() {
        return change.isUrgent();
    }

    boolean needsAllBefore() {
        return change.needsAllBefore();
    }

    void write(StoreWriter store) throws SQLException {
        written = true;
        try {
            result = change.write(store);
        } catch (RuntimeException refused) {
            refusal = refused;
        }
    }

    /** What it throws is fatal: the change is on disk and not in memory. */
    void committed() {
        if (refusal != null) {
            undo();
            return;
        }
        try {
            change.committed();
        } catch (RuntimeException | Error defect) {
            answer.completeExceptionally(defect);
            throw defect;
        }
    }

    /** See {@link Change#toldFrom}; a refusal may be told at once. */
    @Nullable
    Moment toldFrom() {
        return refusal == null ? change.toldFrom() : null;
    }

    /** It has been committed. */
    void tell() {
        if (refusal == null) {
            answer.complete(Objects.requireNonNull(result));
        } else {
            fail(refusal);
        }
    }

    void rolledBack() {
        refusal = null;
        undo();
    }

    private void undo() {
        if (written) {
            written = false;
            change.rolledBack();
        }
    }

    void fail(RuntimeException reason) {
        answer.completeExceptionally(reason);
    }
}
