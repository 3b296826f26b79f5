package dev.batchgate.edge;

import java.io.IOException;
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
 * nobody waits for a client to read but the container's thread that serves it. Entered by one thread at a time, which the container
 * sees to.
 */
final class CountedChannel extends NioChannel {

    /** Linux keeps 27 KB of small answers in packets of 1,500 bytes that a client has not read; less only for who means harm. */
    private static final int USUALLY_KEPT = 24 << 10;

    private long sent;
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
        }
    }

    @Override
    public void reset(SocketChannel channel, NioSocketWrapper connection) throws IOException {
        sent = 0;
        serves = null;
        super.reset(channel, connection);
    }

    /** @throws IOException, which ends the connection, where Tomcat would have somebody wait who must not */
    @Override
    public int write(ByteBuffer bytes) throws IOException {
        int written = super.write(bytes);
        sent += Math.max(0, written);
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
