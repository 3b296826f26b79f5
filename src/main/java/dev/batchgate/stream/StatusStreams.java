package dev.batchgate.stream;

import dev.batchgate.ingestion.Changes;
import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.IngestionService;
import dev.batchgate.ingestion.Sighting;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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
     * Tells it all that happens to the ingestion from now on.
     *
     * @param told the revision that its reader knows; -1 if none
     */
    void follow(Sighting seen, long told, AsyncContext request, ServletOutputStream out, Runnable onEnd) {
        UUID id = seen.ingestion().id();
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
        one.tell(seen);
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
            one.tell(ingestions.see(one.id.toString()));
        } catch (RuntimeException unreadable) {
            // They come again, and find out why.
            log.debug("What became of {} cannot be told", one.id, unreadable);
            one.streams.forEach(EventStream::end);
        }
    }

    void endAll() {
        followed.values().forEach(one -> one.streams.forEach(EventStream::end));
    }

    /** An ingestion and those who follow it. */
    private final class Followed {

        private final UUID id;
        private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
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
        void tell(Sighting seen) {
            if (isNews(seen)) {
                streams.forEach(EventStream::proceed);
            }
        }

        private synchronized boolean isNews(Sighting seen) {
            Ingestion ingestion = seen.ingestion();
            StatusNews before = news;
            if (before != null && ingestion.revision() <= before.revision()) {
                return false;
            }
            news = new StatusNews(json, ingestion, seen.foretell(), before);
            return true;
        }

        /** What is foretold changes with what happens to others; whoever waits long is told now and then. */
        private void beat() {
            String words = EventText.HEARTBEAT;
            try {
                Optional<Forecast> forecast = ingestions.see(id.toString()).foretell();
                if (forecast.isPresent()) {
                    String foretold = json.writeValueAsString(ForecastView.of(id, forecast.get()));
                    words += EventText.event(null, "forecast", foretold);
                }
            } catch (RuntimeException unreadable) {
                log.debug("Nothing can be foretold of {}", id, unreadable);
            }
            byte[] told = words.getBytes(StandardCharsets.UTF_8);
            streams.forEach(stream -> stream.tellInPassing(told));
        }

        Feed feed(long told) {
            return new Feed() {
                private long last = told;
                private boolean over;

                @Override
                public byte @Nullable [] next() {
                    StatusNews latest = news;
                    if (latest == null || latest.revision() <= last) {
                        return null;
                    }
                    byte[] event = latest.since(last);
                    last = latest.revision();
                    over = latest.isEnd();
                    return event;
                }

                @Override
                public boolean isOver() {
                    return over;
                }
            };
        }
    }
}
