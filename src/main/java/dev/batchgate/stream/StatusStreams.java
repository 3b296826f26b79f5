package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Sighting;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Streams that follow one ingestion each, to its end.
 *
 * <p>Whoever serves requests enters {@link #follow}, whoever makes changes says so, and neither of them waits: one thread
 * reads what has become of an ingestion, once for all who follow it, and tells them. An ingestion is in {@code followed} as
 * long as anybody follows it.
 */
final class StatusStreams implements Changes.Watcher {

    private static final Logger log = LoggerFactory.getLogger(StatusStreams.class);

    private final IngestionService ingestions;
    private final JsonMapper json;
    private final StreamThreads threads;
    private final ConcurrentHashMap<UUID, Followed> followed = new ConcurrentHashMap<>();

    StatusStreams(IngestionService ingestions, JsonMapper json, StreamThreads threads) {
        this.ingestions = ingestions;
        this.json = json;
        this.threads = threads;
    }

    /**
     * Tells it all that happens to the ingestion from now on. Throws only before anything has begun.
     *
     * @param told the revision that its reader knows; -1 if none
     * @param async begins to answer bit by bit
     * @param onEnd runs once it is over, unless this throws
     */
    void follow(Sighting seen, long told, Supplier<AsyncContext> async, ServletOutputStream out, Runnable onEnd) {
        Ingestion ingestion = seen.ingestion();
        UUID id = ingestion.id();
        Optional<Forecast> forecast = seen.foretell();
        AsyncContext request = async.get();
        Followed one = followed.compute(id, (same, before) -> {
            Followed joined = before == null ? new Followed(id) : before;
            joined.readers++;
            return joined;
        });
        EventStream stream = new EventStream(request, out, one.feed(told), ended -> {
            leave(id, ended);
            onEnd.run();
        });
        one.streams.add(stream);
        one.tell(ingestion, forecast);
        stream.open();
        // For what has happened since it was read.
        changed(id);
    }

    private void leave(UUID id, EventStream ended) {
        followed.computeIfPresent(id, (same, one) -> {
            one.streams.remove(ended);
            return --one.readers == 0 ? one.forgotten() : one;
        });
    }

    @Override
    public void changed(UUID ingestionId) {
        Followed one = followed.get(ingestionId);
        if (one != null) {
            threads.once(one, () -> read(one));
        }
    }

    @Override
    public void missedSome() {
        followed.keySet().forEach(this::changed);
    }

    private void read(Followed one) {
        try {
            Sighting seen = ingestions.seeAgain(one.id);
            one.tell(seen.ingestion(), seen.foretell());
        } catch (RuntimeException unreadable) {
            // They come again, and find out why.
            log.debug("What became of {} cannot be told", one.id, unreadable);
            one.streams.forEach(EventStream::end);
        }
    }

    /** Whether nobody follows anything. */
    boolean isIdle() {
        return followed.isEmpty();
    }

    void endAll() {
        followed.values().forEach(one -> one.streams.forEach(EventStream::end));
    }

    /** An ingestion and those who follow it. */
    private final class Followed {

        private final UUID id;
        private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
        private final Object heartbeat = new Object();
        private final Runnable endBeats;
        private volatile @Nullable StatusNews news;

        /** Those who are about to follow it included; changes inside the map's lock alone. */
        private int readers;

        Followed(UUID id) {
            this.id = id;
            this.endBeats = threads.everyHeartbeat(this::beat);
        }

        @Nullable
        Followed forgotten() {
            endBeats.run();
            return null;
        }

        /** Entered by whoever begins to follow it, too, who may have read it before others did. */
        void tell(Ingestion ingestion, Optional<Forecast> forecast) {
            if (isNews(ingestion, forecast)) {
                streams.forEach(EventStream::proceed);
            }
        }

        private synchronized boolean isNews(Ingestion ingestion, Optional<Forecast> forecast) {
            StatusNews before = news;
            if (before != null && ingestion.revision() <= before.revision()) {
                return false;
            }
            news = new StatusNews(json, ingestion, forecast, before);
            return true;
        }

        /** However slow the store is, they hear that somebody is there. */
        private void beat() {
            streams.forEach(EventStream::beat);
            threads.once(heartbeat, this::foretell);
        }

        /** What is foretold changes with what happens to others; whoever waits long is told now and then. */
        private void foretell() {
            try {
                ingestions.seeAgain(id).foretell().ifPresent(forecast -> {
                    String event =
                            EventText.event(null, "forecast", json.writeValueAsString(ForecastView.of(id, forecast)));
                    byte[] words = event.getBytes(StandardCharsets.UTF_8);
                    streams.forEach(stream -> stream.tellInPassing(words));
                });
            } catch (RuntimeException unreadable) {
                log.debug("Nothing can be foretold of {}", id, unreadable);
            }
        }

        Feed feed(long told) {
            return new StatusFeed(this, told);
        }
    }

    /** What one reader has been told, and is being told. */
    private static final class StatusFeed implements Feed {

        private final Followed followed;
        private long told;
        private Iterator<byte[]> pieces = Collections.emptyIterator();
        private boolean over;

        StatusFeed(Followed followed, long told) {
            this.followed = followed;
            this.told = told;
        }

        @Override
        public byte @Nullable [] next() {
            StatusNews latest = followed.news;
            if (!pieces.hasNext() && latest != null && latest.revision() > told) {
                pieces = latest.since(told);
                told = latest.revision();
                over = latest.isEnd();
            }
            return pieces.hasNext() ? pieces.next() : null;
        }

        @Override
        public boolean isInside() {
            return pieces.hasNext();
        }

        @Override
        public boolean isOver() {
            return over;
        }
    }
}
