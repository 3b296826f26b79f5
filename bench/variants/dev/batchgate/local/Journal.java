package dev.batchgate.local;

import dev.batchgate.ingestion.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Takes the place of the journal in a variant of the service that keeps nothing: the same changes in the same order, each
 * carried out by whoever asks for it, and none of them written. Any thread enters; the monitor lets one in at a time.
 */
final class Journal implements AutoCloseable {

    private final StoreWriter unused;
    private final NoStore nothing;

    Journal(StoreWriter unused, Telemetry telemetry, Ticker ticker, Runnable fatal) {
        this.unused = unused;
        try {
            this.nothing = new NoStore(StoreFolder.open(Files.createTempDirectory("nothing")));
        } catch (SQLException | IOException failed) {
            throw new UncheckedIOException(new IOException(failed));
        }
    }

    synchronized <T> T perform(Change<T> change) {
        try {
            T result = change.write(nothing);
            change.committed();
            return result;
        } catch (SQLException impossible) {
            throw new IllegalStateException(impossible);
        } catch (RuntimeException refused) {
            change.rolledBack();
            throw refused;
        }
    }

    <T> CompletableFuture<T> begin(Change<T> change) {
        return CompletableFuture.completedFuture(perform(change));
    }

    Optional<Throwable> trouble() {
        return Optional.empty();
    }

    @Override
    public void close() {
        unused.close();
        nothing.close();
    }
}
