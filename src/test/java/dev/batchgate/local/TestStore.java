package dev.batchgate.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.batchgate.ingestion.Backoff;
import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.OrdersContract.Desk;
import dev.batchgate.ingestion.Queues;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ledger.VerifyLedger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.List;
import org.springframework.util.FileSystemUtils;

/** A store in a folder of its own, and the queues that take it over one after the other, as processes do. */
final class TestStore implements AutoCloseable {

    private final Path folder;
    private final Changes changes = new Changes();
    private final Telemetry telemetry = new Telemetry();
    private StoreFolder opened;
    private Journal journal;
    private StoreReader reader;
    private Backoff backoff = longest -> longest;
    private volatile boolean fatal;

    TestStore() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "stores"));
            this.folder = Files.createTempDirectory(parent, "store");
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** A queue over what is in the store; settings are written {@code name=value}, without their prefix. */
    LocalQueue open(Clock clock, Ticker ticker, String... settings) {
        try {
            opened = StoreFolder.open(folder);
            Backlog backlog = Recovery.takeOver(opened, Queues.properties(settings), clock, ticker);
            journal = new Journal(new StoreWriter(opened), telemetry, ticker, () -> fatal = true);
            reader = new StoreReader(opened);
            QueueParts parts = QueueParts.of(
                    backlog, changes, telemetry, Queues.properties(settings), Queues.retries(settings), clock, ticker);
            return new LocalQueue(backlog, parts, journal, new FinishedIngestions(reader), backoff);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    LocalQueue open(MovedTime time, String... settings) {
        return open(time, time, settings);
    }

    /** Is told by all queues of it what they do. */
    Telemetry telemetry() {
        return telemetry;
    }

    /** How the queues opened from now on draw the wait before a retry; the longest, unless this says otherwise. */
    void drawBackoff(Backoff drawn) {
        backoff = drawn;
    }

    /** A desk over a queue that is open. */
    Desk desk(LocalQueue queue) {
        return new Desk(queue, queue.orders(), results(), new StoredDispatches(reader), queue.listing(reader), changes);
    }

    LocalOutbox outbox(Clock clock) {
        return new LocalOutbox(journal, reader, clock);
    }

    StoredResults results() {
        return new StoredResults(reader);
    }

    /** Ends the process that has the store, so to speak: what it has not recorded by now, nobody will. */
    void kill() {
        if (opened != null) {
            reader.close();
            journal.close();
            opened.close();
            opened = null;
        }
    }

    /** Whether the process would have ended itself. */
    boolean isFatal() {
        return fatal;
    }

    Journal journal() {
        return journal;
    }

    Path folder() {
        return folder;
    }

    /** What the proof prints; fails unless its exit code agrees with it. */
    String verify() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = VerifyLedger.run(
                List.of("--store", folder.toString()), new PrintStream(printed, true, StandardCharsets.UTF_8));
        String report = printed.toString(StandardCharsets.UTF_8);
        assertThat(exit).as(report).isEqualTo(report.contains("violations   0") ? 0 : 1);
        return report;
    }

    /** Changes the store behind everybody's back. */
    void tamper(String sql) {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batchgate.db"));
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        } catch (SQLException broken) {
            throw new AssertionError(broken);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
