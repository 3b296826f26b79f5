package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.DispatchLog;
import dev.batchgate.ingestion.IngestionService;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams that follow the queue as a whole: how it stands, and what becomes of each dispatch.
 *
 * <p>Whoever makes changes says so and does not wait: one thread reads what is new, for all who follow, at most so many
 * times a second. Who is far behind reads it from the store. The monitor guards what is read of the queue.
 */
final class QueueStreams implements Changes.Watcher {

    private static final Logger log = LoggerFactory.getLogger(QueueStreams.class);

    /** Of those who come for the first time. */
    private static final int LATEST = 100;

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration LOOK = Duration.ofSeconds(1);

    /** What it costs to see how the queue stands may take up this part of a thread's time. */
    private static final int SHARE = 10;

    private final IngestionService ingestions;
    private final DispatchLog dispatches;
    private final JsonMapper json;
    private final Clock clock;
    private final StreamThreads threads;
    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private volatile DispatchTail tail = new DispatchTail(Long.MAX_VALUE, List.of());
    private volatile @Nullable QueueNews news;
    private volatile long readAt = System.nanoTime();
    private volatile long lookAt = readAt;

    QueueStreams(
            IngestionService ingestions, DispatchLog dispatches, JsonMapper json, Clock clock, StreamThreads threads) {
        this.ingestions = ingestions;
        this.dispatches = dispatches;
        this.json = json;
        this.clock = clock;
        this.threads = threads;
        threads.every(LOOK, this::queueChanged);
        threads.everyHeartbeat(() -> streams.forEach(EventStream::beat));
    }

    /**
     * Tells it all that happens from now on. Throws only before anything has begun.
     *
     * @param told number of the last dispatch event that its reader knows; null if none
     * @param async begins to answer bit by bit
     * @param onEnd runs once it is over, unless this throws
     */
    void follow(@Nullable Long told, Supplier<AsyncContext> async, ServletOutputStream out, Runnable onEnd) {
        long last = dispatches.last();
        boolean goesOn = told != null && told >= 0 && told <= last;
        long from = goesOn ? Objects.requireNonNull(told) : beforeLatest(last);
        if (streams.isEmpty()) {
            tail = new DispatchTail(last, List.of());
        }
        look();
        EventStream stream = new EventStream(async.get(), out, new QueueFeed(from, goesOn), ended -> {
            streams.remove(ended);
            onEnd.run();
        });
        streams.add(stream);
        stream.open();
        queueChanged();
    }

    private long beforeLatest(long last) {
        List<DispatchLog.Entry> latest = dispatches.latest(LATEST);
        return latest.isEmpty() ? last : latest.get(0).change() - 1;
    }

    @Override
    public void changed(UUID ingestionId) {
        queueChanged();
    }

    @Override
    public void missedSome() {
        queueChanged();
    }

    @Override
    public void queueChanged() {
        if (!streams.isEmpty()) {
            long pause = PAUSE.toNanos() - (System.nanoTime() - readAt);
            threads.once(this, Duration.ofNanos(Math.max(0, pause)), this::read);
        }
    }

    private void read() {
        try {
            readDispatches();
            if (System.nanoTime() - lookAt >= 0) {
                look();
            }
        } catch (RuntimeException unreadable) {
            // It is looked at again, every so often.
            log.debug("What is new in the queue cannot be told", unreadable);
        }
        readAt = System.nanoTime();
        streams.forEach(EventStream::proceed);
    }

    private void readDispatches() {
        List<DispatchLog.Entry> entries;
        do {
            entries = dispatches.after(tail.to(), DispatchTail.PAGE);
            tail = tail.and(lines(entries));
        } while (entries.size() == DispatchTail.PAGE);
    }

    private synchronized void look() {
        long start = System.nanoTime();
        QueueNews before = news;
        news = before == null
                ? QueueNews.first(ingestions.queue(), json)
                : before.then(ingestions.queue(), clock.instant(), json);
        long end = System.nanoTime();
        lookAt = end + SHARE * (end - start);
    }

    private List<DispatchTail.Line> lines(List<DispatchLog.Entry> entries) {
        return entries.stream().map(entry -> DispatchTail.Line.of(entry, json)).toList();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    void endAll() {
        streams.forEach(EventStream::end);
    }

    /** What one reader has been told. */
    private final class QueueFeed implements Feed {

        private final boolean goesOn;
        private long told;
        private long newsTold = -1;

        QueueFeed(long told, boolean goesOn) {
            this.told = told;
            this.goesOn = goesOn;
        }

        @Override
        public byte @Nullable [] next() {
            QueueNews latest = Objects.requireNonNull(news);
            if (newsTold < 0) {
                newsTold = latest.number();
                // To come again with, should nothing else be told.
                return utf8(latest.event(goesOn ? null : told));
            }
            DispatchTail known = tail;
            List<DispatchTail.Line> lines =
                    known.covers(told) ? known.after(told) : lines(dispatches.after(told, DispatchTail.PAGE));
            if (!lines.isEmpty()) {
                told = lines.get(lines.size() - 1).change();
                return utf8(lines.stream().map(DispatchTail.Line::event).collect(Collectors.joining()));
            }
            if (newsTold < latest.number()) {
                newsTold = latest.number();
                return utf8(latest.event(null));
            }
            return null;
        }
    }
}
