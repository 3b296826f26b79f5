package dev.batchgate.edge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.coyote.Adapter;
import org.apache.coyote.Request;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Serves one request after the other, of whichever connection has one. Turns away who comes when there is no room, and cuts
 * off a request whose head does not come to its end: Tomcat waits for the next byte of it, each time anew.
 *
 * <p>Entered by one thread at a time, which the container sees to; what is answered later is asked about by whoever answers.
 */
final class CrowdProcessor extends Http11Processor implements Crowd.Guest {

    private static final byte[] NO_ROOM = """
            HTTP/1.1 503
            Retry-After: 1
            Content-Type: application/problem+json
            Connection: close

            {"type":"about:blank","title":"Service Unavailable","status":503,\
            "detail":"More clients are being served than there is room for; try again in a moment.",\
            "error":"More clients are being served than there is room for; try again in a moment."}""".replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII);

    /** Of Tomcat's request: a number that nobody else uses. */
    private static final int PROCESSOR = 17;

    private final Crowd crowd;

    /** The container's thread that is here at the moment. */
    private volatile @Nullable Thread serving;

    /** When the head that is not there yet began to come, and over which connection; nothing between two requests. */
    private @Nullable Head head;

    private record Head(SocketWrapperBase<?> connection, long began) {}

    CrowdProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter, Crowd crowd) {
        super(protocol, adapter);
        this.crowd = crowd;
        request.setNote(PROCESSOR, this);
    }

    @Override
    public SocketState process(SocketWrapperBase<?> connection, SocketEvent event) throws IOException {
        CountedChannel.served(connection, this);
        serving = Thread.currentThread();
        try {
            return serve(connection, event);
        } finally {
            serving = null;
            CountedChannel.left(connection);
        }
    }

    private SocketState serve(SocketWrapperBase<?> connection, SocketEvent event) throws IOException {
        if (!crowd.enter(this)) {
            if (event == SocketEvent.OPEN_READ) {
                turnAway(connection);
            }
            head = null;
            return SocketState.CLOSED;
        }
        SocketState state;
        try {
            state = super.process(connection, event);
        } catch (IOException | RuntimeException | Error failure) {
            head = null;
            crowd.leave();
            throw failure;
        }
        return leave(state);
    }

    private SocketState leave(SocketState state) {
        boolean goesOn = state == SocketState.LONG || state == SocketState.SUSPENDED;
        if (goesOn && head != null) {
            if (crowd.pauseInHead(this)) {
                return state;
            }
            head = null;
            return SocketState.CLOSED;
        }
        head = null;
        if (goesOn) {
            crowd.pause(this);
        } else {
            crowd.leave();
        }
        return state;
    }

    /** Enters with the first bytes of each request, and with more of a head that has not come to its end. */
    @Override
    public SocketState service(SocketWrapperBase<?> connection) throws IOException {
        Head before = head;
        // One of another connection is left from a processor's life before; nobody is told when a connection is closed.
        long began = before != null && before.connection() == connection ? before.began() : crowd.now();
        if (crowd.isLate(began)) {
            return SocketState.CLOSED;
        }
        SocketState state = super.service(connection);
        // One that is answered bit by bit has been read.
        head = state != SocketState.LONG || isAsync() ? null : new Head(connection, began);
        return state;
    }

    /** See {@link CountedChannel#hasRoom}. */
    static boolean hasRoom(Request request) {
        return request.getNote(PROCESSOR) instanceof CrowdProcessor processor
                && CountedChannel.hasRoom(processor.getSocketWrapper());
    }

    /** Whether the thread that asks is the one that serves this connection. */
    boolean isServing() {
        return serving == Thread.currentThread();
    }

    /** Whether the thread that writes is none that serves this connection, and would wait until there is room. */
    boolean keepsSomebodyElseWaiting() {
        return !isServing() && response.getWriteListener() == null;
    }

    /** Not worth waiting for: whoever does not read it is told nothing. */
    private static void turnAway(SocketWrapperBase<?> connection) {
        try {
            // What has been sent and is not read would take the answer away with it.
            connection.read(false, new byte[8192], 0, 8192);
            connection.write(false, NO_ROOM, 0, NO_ROOM.length);
            connection.flush(false);
        } catch (IOException gone) {
            // And so is the one who would have been told.
        }
    }

    @Override
    public boolean isGone() {
        SocketWrapperBase<?> connection = getSocketWrapper();
        return connection == null || connection.isClosed();
    }
}
