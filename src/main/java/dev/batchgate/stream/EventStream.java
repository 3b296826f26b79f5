package dev.batchgate.stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open stream: a request whose answer is written bit by bit, as fast as its reader takes it, while no thread waits for
 * either. What a slow reader has not taken is not piled up: its feed makes the next bit once the one before has gone. A reader
 * that takes nothing at all is cut off by the container, after {@code server.tomcat.connection-timeout}.
 *
 * <p>Whoever has news enters, and the container when there is room again; the monitor guards all fields and the feed.
 */
final class EventStream implements WriteListener, AsyncListener {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final int CHUNK = 16 << 10;
    private static final byte[] NOTHING = {};
    private static final byte[] HEARTBEAT = EventText.HEARTBEAT.getBytes(StandardCharsets.UTF_8);

    private final AsyncContext request;
    private final ServletOutputStream out;
    private final Feed feed;
    private final Consumer<EventStream> onEnd;
    private byte[] pending = EventText.GREETING.getBytes(StandardCharsets.UTF_8);
    private int written;
    private boolean opened;
    private boolean flushed;
    private boolean ended;

    /** @param onEnd is told once, when nothing more is written */
    EventStream(AsyncContext request, ServletOutputStream out, Feed feed, Consumer<EventStream> onEnd) {
        this.request = request;
        this.out = out;
        this.feed = feed;
        this.onEnd = onEnd;
    }

    /** Begins; the container says when it can be written to. */
    void open() {
        request.setTimeout(0);
        request.addListener(this);
        out.setWriteListener(this);
    }

    @Override
    public synchronized void onWritePossible() {
        opened = true;
        proceed();
    }

    /** There is something new, perhaps. */
    synchronized void proceed() {
        if (!opened || ended) {
            return;
        }
        try {
            while (out.isReady()) {
                if (written < pending.length) {
                    write();
                } else if (!takeNext()) {
                    if (flushed) {
                        endIfOver();
                        return;
                    }
                    flushed = true;
                    out.flush();
                }
            }
        } catch (IOException | RuntimeException | Error broken) {
            log.debug("A stream ends early", broken);
            end();
        }
    }

    private void endIfOver() {
        if (feed.isOver()) {
            end();
        }
    }

    private void write() throws IOException {
        int bytes = Math.min(CHUNK, pending.length - written);
        out.write(pending, written, bytes);
        written += bytes;
        flushed = false;
        if (written == pending.length) {
            // Its reader may have all the time in the world.
            pending = NOTHING;
            written = 0;
        }
    }

    private boolean takeNext() {
        byte[] next = feed.next();
        if (next == null) {
            return false;
        }
        pending = next;
        written = 0;
        return true;
    }

    /** Tells something in passing, unless its reader is busy with what was told before. */
    synchronized void tellInPassing(byte[] words) {
        if (opened && written == pending.length && !feed.isInside()) {
            pending = words;
            written = 0;
            proceed();
        }
    }

    /** Tells that somebody is there; and finds out whether the reader is. */
    void beat() {
        tellInPassing(HEARTBEAT);
    }

    /** Nothing more is written; the reader sees that the answer has ended. */
    synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        onEnd.accept(this);
        try {
            request.complete();
        } catch (IllegalStateException over) {
            log.debug("The container has ended the stream already", over);
        }
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onError(AsyncEvent failure) {
        end();
    }

    @Override
    public void onTimeout(AsyncEvent never) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent ended) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent again) {}
}
