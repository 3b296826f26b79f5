package dev.batchgate;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A real HTTP/1.1 server to fetch from, whose log is the oracle: every request is stamped as soon as its head has been
 * read. What it answers, and how badly, is a script. One thread a connection.
 */
public final class FakeUpstream implements AutoCloseable {

    /**
     * One request as it arrived.
     *
     * @param nanos when it was noticed
     * @param notBefore when it had not come yet; only known where arrivals are watched
     */
    public record Arrival(long nanos, String path, Map<String, String> headers, int connection, long notBefore) {}

    /** Answers one request on a raw connection; returns whether the connection may be used again. */
    @FunctionalInterface
    public interface Script {
        boolean answer(Arrival arrival, Socket connection) throws Exception;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Arrival> log = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Optional<ArrivalWatch> watch;

    public FakeUpstream(Script script) {
        this(0, script);
    }

    /** One that comes back where another one has been. */
    public FakeUpstream(int port, Script script) {
        this(port, script, Optional.empty());
    }

    /** One that also knows when each request had not come yet; it does not learn that a connection was closed. */
    static FakeUpstream watching(Script script) {
        return new FakeUpstream(0, script, Optional.of(new ArrivalWatch()));
    }

    private FakeUpstream(int port, Script script, Optional<ArrivalWatch> watch) {
        this.script = script;
        this.watch = watch;
        try {
            this.server = new ServerSocket();
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 128);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        threads.execute(this::accept);
    }

    /** One that has every id, at once. */
    public static FakeUpstream willing() {
        return new FakeUpstream((arrival, connection) -> respond(connection, 200, "{\"data\":\"processed\"}"));
    }

    /** Writes a complete answer that leaves the connection open. */
    public static boolean respond(Socket connection, int status, String body, String... headers) throws IOException {
        write(
                connection,
                "HTTP/1.1 " + status + " Scripted\r\n"
                        + List.of(headers).stream().map(h -> h + "\r\n").collect(Collectors.joining())
                        + "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body);
        return true;
    }

    public static void write(Socket connection, String raw) throws IOException {
        OutputStream out = connection.getOutputStream();
        out.write(raw.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    public int port() {
        return server.getLocalPort();
    }

    public String url(String rest) {
        return "http://127.0.0.1:" + server.getLocalPort() + rest;
    }

    public List<Arrival> log() {
        return List.copyOf(log);
    }

    /** What was asked for, in the order of arrival. */
    public List<String> paths() {
        return log.stream().map(Arrival::path).toList();
    }

    /** Connections accepted so far, used or not. */
    public int accepted() {
        return accepted.get();
    }

    /** Connections that neither side has closed. */
    public int open() {
        return open.size();
    }

    private void accept() {
        try {
            if (watch.isPresent()) {
                server.setSoTimeout(1);
            }
            long none = System.nanoTime();
            while (true) {
                long before = System.nanoTime();
                try {
                    Socket connection = server.accept();
                    connection.setTcpNoDelay(true);
                    open.add(connection);
                    int known = accepted.incrementAndGet();
                    long notBefore = none;
                    threads.execute(() -> serve(connection, known, notBefore));
                } catch (SocketTimeoutException nobody) {
                    none = before;
                }
            }
        } catch (IOException closed) {
            // The server was closed.
        }
    }

    private void serve(Socket connection, int number, long connected) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            boolean again = true;
            long empty = connected;
            while (again) {
                Optional<ArrivalWatch.Noticed> noticed =
                        watch.isPresent() ? Optional.of(watch.get().await(connection, empty)) : Optional.empty();
                Arrival arrival = read(in, number, noticed);
                log.add(arrival);
                empty = System.nanoTime();
                again = script.answer(arrival, connection);
            }
        } catch (SocketException gone) {
            // Reset, or closed by one of the two.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (Exception broken) {
            throw new IllegalStateException(broken);
        } finally {
            open.remove(connection);
        }
    }

    private static Arrival read(InputStream in, int number, Optional<ArrivalWatch.Noticed> noticed) throws IOException {
        String requestLine = HttpHead.line(in);
        long nanos = noticed.map(ArrivalWatch.Noticed::nanos).orElseGet(System::nanoTime);
        Map<String, String> headers = HttpHead.fields(in);
        return new Arrival(
                nanos,
                requestLine.split(" ", 3)[1],
                headers,
                number,
                noticed.map(ArrivalWatch.Noticed::notBefore).orElse(Long.MIN_VALUE));
    }

    @Override
    public void close() throws IOException {
        server.close();
        watch.ifPresent(ArrivalWatch::close);
        threads.shutdownNow();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
