package dev.batchgate.edge;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 for more clients than can be served at once: {@code max-connections} is how many are served, and many more may be
 * connected and silent before anybody has to wait for them. Public because Tomcat makes it, by its name.
 */
public final class CrowdProtocol extends Http11NioProtocol {

    private static final int MOST_SILENT = 12_000;

    /** Of one that has sent nothing: two buffers, and what the container knows of it. */
    private static final int SILENT_BYTES = 8 << 10;

    private static final int READ_BUFFER = 2 << 10;
    private static final int WRITE_BUFFER = 4 << 10;

    /** For the store, the upstream and the libraries. */
    private static final long OTHER_FILES = 300;

    private static final int FEWEST = 100;

    private @Nullable Crowd crowd;

    public CrowdProtocol() {
        super(new CountedChannel.Endpoint());
    }

    @Override
    public void init() throws Exception {
        int served = getMaxConnections();
        crowd = new Crowd(served, Duration.ofMillis(getConnectionTimeout()), System::nanoTime);
        setMaxConnections(connections(served, Runtime.getRuntime().maxMemory(), mostFiles()));
        setProperty("socket.appReadBufSize", String.valueOf(READ_BUFFER));
        setProperty("socket.appWriteBufSize", String.valueOf(WRITE_BUFFER));
        super.init();
    }

    /**
     * How many may be connected: those that are served, and the silent ones that fit into a quarter of the heap; but never
     * so many that there are no files left for the store.
     */
    static int connections(int served, long heapBytes, long mostFiles) {
        long silent = Math.min(MOST_SILENT, heapBytes / 4 / SILENT_BYTES);
        return Math.toIntExact(Math.max(FEWEST, Math.min(served + silent, mostFiles - OTHER_FILES)));
    }

    private static long mostFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
    }

    @Override
    protected Processor createProcessor() {
        Crowd guests = crowd;
        if (guests == null) {
            throw new IllegalStateException("nobody can be served before init");
        }
        return new CrowdProcessor(this, getAdapter(), guests);
    }
}
