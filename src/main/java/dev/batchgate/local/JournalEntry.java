package dev.batchgate.local;

import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A change in the journal and the answer that somebody waits for. The journal's thread enters; anyone awaits the
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
        RuntimeException refused = refusal;
        if (refused != null) {
            rolledBack();
            fail(refused);
            return;
        }
        try {
            change.committed();
            answer.complete(Objects.requireNonNull(result));
        } catch (RuntimeException | Error defect) {
            answer.completeExceptionally(defect);
            throw defect;
        }
    }

    void rolledBack() {
        refusal = null;
        if (written) {
            written = false;
            change.rolledBack();
        }
    }

    void fail(RuntimeException reason) {
        answer.completeExceptionally(reason);
    }
}
