package dev.batchgate.postgres;

import dev.batchgate.ingestion.BacklogFull;
import dev.batchgate.ingestion.Earlier;
import dev.batchgate.ingestion.Meter;
import dev.batchgate.ingestion.PackedIds;
import dev.batchgate.ingestion.Quota;
import dev.batchgate.ingestion.QuotaExceeded;
import dev.batchgate.ingestion.Receipt;
import dev.batchgate.ingestion.Submission;
import dev.batchgate.ingestion.Telemetry;
import dev.batchgate.ingestion.TooLate;
import dev.batchgate.ingestion.Unavailable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * Submissions on their way to the database: all that wait go in as one statement and one commit (group commit), and
 * whoever handed one in returns when it is on stable storage.
 *
 * <p>Any thread adds. One thread writes, over a connection of its own, and another answers, so that the database need not wait for
 * that; the monitor guards {@code closed}, so that nothing comes behind the end.
 */
final class Submissions implements AutoCloseable {

    private static final String ACCEPT = "SELECT * FROM accept(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final Logger log = LoggerFactory.getLogger(Submissions.class);
    private static final int MOST_IN_GROUP = 1_000;

    /** Of ids in one group, so that it stays a small part of the heap. */
    private static final long MOST_BYTES_IN_GROUP = 8_000_000;

    private final LinkedBlockingDeque<Entry> waiting = new LinkedBlockingDeque<>();
    private final Database.Session session;
    private final long maxBacklog;
    private final Supplier<Duration> untilSlot;
    private final Duration interval;
    private final Telemetry telemetry;
    private final Thread writer;
    private final ExecutorService answering = Executors.newSingleThreadExecutor(task -> new Thread(task, "answers"));
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private boolean closed;

    /** One submission, and the answer that somebody waits for. */
    private record Entry(
            Submission submission, PackedIds ids, @Nullable Long mostBefore, CompletableFuture<Receipt> answer) {}

    /**
     * Begins to write.
     *
     * @param untilSlot time until the next slot; asked when somebody has to be told when there is room
     * @param telemetry is told how long commits take
     */
    Submissions(
            Database.Session session,
            long maxBacklog,
            Supplier<Duration> untilSlot,
            Duration interval,
            Telemetry telemetry) {
        this.session = session;
        this.maxBacklog = maxBacklog;
        this.untilSlot = untilSlot;
        this.interval = interval;
        this.telemetry = telemetry;
        this.writer = new Thread(this::run, "submissions");
        writer.start();
    }

    /**
     * See {@link dev.batchgate.ingestion.BatchQueue#submit}.
     *
     * @param mostBefore more urgent batches that there may be at most, or it is {@link TooLate}; null if that does not matter
     */
    CompletableFuture<Receipt> add(Submission submission, @Nullable Long mostBefore) {
        session.requireUsable();
        Entry entry = new Entry(submission, PackedIds.of(submission.ids()), mostBefore, new CompletableFuture<>());
        synchronized (this) {
            if (closed) {
                throw stopping();
            }
            waiting.add(entry);
        }
        return entry.answer();
    }

    private static Unavailable stopping() {
        return new Unavailable("Batchgate is stopping; try again in a moment.", Duration.ofSeconds(5));
    }

    private void run() {
        while (!isOver()) {
            List<Entry> group = new ArrayList<>();
            try {
                fill(group);
                write(group);
            } catch (InterruptedException stopping) {
                log.debug("Told to stop; what waits is written first", stopping);
            } catch (RuntimeException | Error failure) {
                fail(group, failure);
            }
        }
        session.close();
        answering.execute(() -> closing.complete(null));
        answering.shutdown();
    }

    private static void tell(List<Entry> group, List<Runnable> answers) {
        try {
            answers.forEach(Runnable::run);
        } catch (RuntimeException | Error failure) {
            fail(group, failure);
        }
    }

    /** An Error too: whoever waits for an answer would wait for ever. */
    private static void fail(List<Entry> group, Throwable failure) {
        group.forEach(entry -> entry.answer().completeExceptionally(failure));
    }

    private synchronized boolean isOver() {
        return closed && waiting.isEmpty();
    }

    /** All that wait; but no key twice, since the second has to find what the first has left. */
    private void fill(List<Entry> group) throws InterruptedException {
        Set<String> keys = new HashSet<>();
        long bytes = 0;
        for (Entry next = waiting.take(); next != null; next = waiting.poll()) {
            String key = next.submission().storedKey();
            bytes += next.ids().bytes().length;
            boolean isFull = group.size() == MOST_IN_GROUP || bytes > MOST_BYTES_IN_GROUP;
            if (!group.isEmpty() && (isFull || keys.contains(key))) {
                waiting.addFirst(next);
                return;
            }
            group.add(next);
            if (key != null) {
                keys.add(key);
            }
        }
    }

    private void write(List<Entry> group) {
        Supplier<Duration> untilNextSlot = SingletonSupplier.of(this::untilSlotOrInterval);
        long start = System.nanoTime();
        List<Runnable> answers = session.call(connection -> accept(connection, group, untilNextSlot));
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        answering.execute(() -> tell(group, answers));
        telemetry.tell(meter -> meter.committed(group.size(), took));
    }

    /** Asked once a group, however many of it are refused and whatever comes of asking. */
    private Duration untilSlotOrInterval() {
        try {
            return untilSlot.get();
        } catch (Unavailable unknown) {
            return interval;
        }
    }

    private List<Runnable> accept(Connection connection, List<Entry> group, Supplier<Duration> untilNextSlot)
            throws SQLException {
        int size = group.size();
        UUID[] ids = new UUID[size];
        String[] priorities = new String[size];
        Integer[] batchSizes = new Integer[size];
        Integer[] batches = new Integer[size];
        Integer[] idBytes = new Integer[size];
        byte[][] packed = new byte[size][];
        @Nullable String[] keys = new @Nullable String[size];
        @Nullable String[] owners = new @Nullable String[size];
        @Nullable String[] callbacks = new @Nullable String[size];
        @Nullable String[] traces = new @Nullable String[size];
        @Nullable Long[] costs = new @Nullable Long[size];
        @Nullable Long[] shares = new @Nullable Long[size];
        @Nullable Long[] mostBefore = new @Nullable Long[size];
        for (int i = 0; i < size; i++) {
            Submission submission = group.get(i).submission();
            ids[i] = submission.id();
            priorities[i] = submission.priority().name();
            batchSizes[i] = submission.batchSize();
            batches[i] = submission.batches();
            idBytes[i] = group.get(i).ids().width();
            packed[i] = group.get(i).ids().bytes();
            keys[i] = submission.storedKey();
            owners[i] = submission.origin().owner();
            callbacks[i] = submission.origin().callbackUrl();
            traces[i] = submission.origin().traceparent();
            costs[i] = submission.quota().idsPerMinute() == null ? null : submission.cost();
            shares[i] = submission.quota().maxBacklog();
            mostBefore[i] = group.get(i).mostBefore();
        }
        try (PreparedStatement accept = connection.prepareStatement(ACCEPT)) {
            accept.setArray(1, connection.createArrayOf("uuid", ids));
            accept.setArray(2, connection.createArrayOf("text", priorities));
            accept.setArray(3, connection.createArrayOf("integer", batchSizes));
            accept.setArray(4, connection.createArrayOf("integer", batches));
            accept.setArray(5, connection.createArrayOf("integer", idBytes));
            accept.setArray(6, connection.createArrayOf("bytea", packed));
            accept.setArray(7, connection.createArrayOf("text", keys));
            accept.setArray(8, connection.createArrayOf("text", owners));
            accept.setArray(9, connection.createArrayOf("text", callbacks));
            accept.setArray(10, connection.createArrayOf("text", traces));
            accept.setArray(11, connection.createArrayOf("bigint", costs));
            accept.setArray(12, connection.createArrayOf("bigint", shares));
            accept.setArray(13, connection.createArrayOf("bigint", mostBefore));
            accept.setLong(14, maxBacklog);
            List<Runnable> answers = new ArrayList<>(size);
            try (ResultSet row = accept.executeQuery()) {
                while (row.next()) {
                    answers.add(answer(group.get((int) row.getLong("place") - 1), row, untilNextSlot));
                }
            }
            return answers;
        }
    }

    private Runnable answer(Entry entry, ResultSet row, Supplier<Duration> untilNextSlot) throws SQLException {
        Submission submission = entry.submission();
        Quota quota = submission.quota();
        long used = row.getLong("used");
        Quota.Remaining remaining = quota.remaining(used, row.getLong("shared"));
        UUID earlierId = row.getObject("earlier_id", UUID.class);
        if (earlierId != null) {
            Earlier earlier = new Earlier(
                    earlierId,
                    row.getString("earlier_priority"),
                    new PackedIds(row.getInt("earlier_id_bytes"), row.getBytes("earlier_ids")),
                    row.getString("earlier_callback_url"));
            return () -> complete(entry, () -> new Receipt(earlier.idFor(submission), remaining));
        }
        if (row.getBoolean("late")) {
            return () -> complete(entry, () -> {
                throw new TooLate(null);
            });
        }
        String exceeded = row.getString("exceeded");
        if (exceeded != null) {
            long tooMany = row.getLong("shared") + submission.batches() - limit(quota.maxBacklog());
            return () -> complete(entry, () -> {
                quota.requireFits(submission);
                throw exceeded.equals("ids")
                        ? QuotaExceeded.ofIds(quota, remaining, Meter.wait(used, submission.cost()))
                        : QuotaExceeded.ofBacklog(quota, remaining, tooMany, untilNextSlot.get(), interval);
            });
        }
        long excess = row.getLong("excess");
        return excess > 0
                ? () -> complete(entry, () -> {
                    throw BacklogFull.by(excess, maxBacklog, untilNextSlot.get(), interval);
                })
                : () -> complete(entry, () -> new Receipt(submission.id(), remaining));
    }

    private static long limit(@Nullable Long most) {
        return most == null ? Long.MAX_VALUE : most;
    }

    private static void complete(Entry entry, Supplier<Receipt> answer) {
        try {
            entry.answer().complete(answer.get());
        } catch (RuntimeException refusal) {
            entry.answer().completeExceptionally(refusal);
        }
    }

    /** Writes what has been handed in until now. What is handed in later is refused. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        writer.interrupt();
        closing.join();
    }
}
