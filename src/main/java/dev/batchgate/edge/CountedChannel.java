package dev.batchgate.edge;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.NioEndpoint;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * A connection that knows how much has been sent over it, which is the most that its client may have left unread, and over which
 * nobody waits for a client to read but the container's thread that serves it. Of a long answer the kernel joins the pieces. Entered by
 * one thread at a time, which the container sees to.
 */
final class CountedChannel extends NioChannel {

    /** Linux keeps 27 KB of small answers in packets of 1,500 bytes that a client has not read; less only for who means harm. */
    private static final int USUALLY_KEPT = 24 << 10;

    /** So long that one packet fewer is worth telling the kernel twice. */
    private static final int LONG_ANSWER = 64 << 10;

    private long sent;

    /** Of that, what had been sent when the container came to serve it. */
    private long sentBefore;

    private boolean joinsPieces;
    private @Nullable CrowdProcessor serves;

    private CountedChannel(SocketBufferHandler buffers) {
        super(buffers);
    }

    /** Makes them; those that are encrypted are Tomcat's own, and tell nothing. */
    static final class Endpoint extends NioEndpoint {

        @Override
        protected NioChannel createChannel(SocketBufferHandler buffers) {
            return isSSLEnabled() ? super.createChannel(buffers) : new CountedChannel(buffers);
        }
    }

    /** Whether a small answer can be sent over it at once, even if its client has read nothing yet. */
    static boolean hasRoom(SocketWrapperBase<?> connection) {
        return connection.getSocket() instanceof CountedChannel counted && counted.sent < USUALLY_KEPT;
    }

    static void served(SocketWrapperBase<?> connection, CrowdProcessor processor) {
        if (connection.getSocket() instanceof CountedChannel counted) {
            counted.serves = processor;
            counted.sentBefore = counted.sent;
        }
    }

    /** The container has served it for now; what is still kept of a long answer leaves. */
    static void left(SocketWrapperBase<?> connection) {
        if (connection.getSocket() instanceof CountedChannel counted && counted.joinsPieces) {
            try {
                counted.joinPieces(false);
            } catch (IOException gone) {
                // And so is whoever would have read it.
            }
        }
    }

    /** By Nagle's algorithm: a piece that fills no packet waits for the next, or until its client has what was sent before it. */
    private void joinPieces(boolean joins) throws IOException {
        joinsPieces = joins;
        // Linux sends what waits when it is told not to delay any more.
        getIOChannel().setOption(StandardSocketOptions.TCP_NODELAY, !joins);
    }

    @Override
    public void reset(SocketChannel channel, NioSocketWrapper connection) throws IOException {
        sent = 0;
        sentBefore = 0;
        joinsPieces = false;
        serves = null;
        super.reset(channel, connection);
    }

    /** @throws IOException, which ends the connection, where Tomcat would have somebody wait who must not */
    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int written = super.write(bytes);
        sent += Math.max(0, written);
        if (!joinsPieces && sent - sentBefore > LONG_ANSWER && serves != null && serves.isServing()) {
            joinPieces(true);
        }
        if (written == 0 && bytes.hasRemaining() && serves != null && serves.keepsSomebodyElseWaiting()) {
            throw new IOException("The client does not read its answers");
        }
        return written;
    }

    @Override
    public long write(ByteBuffer[] bytes, int offset, int length) throws IOException {
        long written = super.write(bytes, offset, length);
        sent += Math.max(0, written);
        return written;
    }
}
