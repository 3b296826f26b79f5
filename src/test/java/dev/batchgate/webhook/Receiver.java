package dev.batchgate.webhook;

import dev.batchgate.HttpHead;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A real HTTP server that is told of ends; what it answers, and how badly, is a script. One thread a connection. */
public final class Receiver implements AutoCloseable {

    /** One request, with all of its body. */
    public record Arrival(String path, Map<String, String> headers, String text) {}

    /** Answers one request on a raw connection, which is closed afterwards. */
    @FunctionalInterface
    public interface Script {
        void answer(Arrival arrival, Socket connection) throws Exception;
    }

    private final ServerSocket server;
    private final Script script;
    private final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public Receiver(Script script) {
        this.script = script;
        try {
            this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        threads.execute(this::accept);
    }

    /** One that answers each with the next of these statuses, and with the last from then on. */
    public static Receiver answering(int... statuses) {
        AtomicInteger next = new AtomicInteger();
        return new Receiver((arrival, connection) ->
                respond(connection, statuses[Math.min(next.getAndIncrement(), statuses.length - 1)]));
    }

    public static void respond(Socket connection, int status, String... headers) throws IOException {
        write(
                connection,
                "HTTP/1.1 " + status + " Scripted\r\nContent-Length: 0\r\n" + String.join("", List.of(headers))
                        + "\r\n");
    }

    public static void write(Socket connection, String raw) throws IOException {
        connection.getOutputStream().write(raw.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
    }

    public String url(String rest) {
        return "http://127.0.0.1:" + port() + rest;
    }

    public int port() {
        return server.getLocalPort();
    }

    public List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    public int connections() {
        return connections.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                connections.incrementAndGet();
                open.add(connection);
                threads.execute(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The server was closed.
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            String path = HttpHead.line(in).split(" ", 3)[1];
            Map<String, String> headers = HttpHead.fields(in);
            byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
            Arrival arrival = new Arrival(path, headers, new String(body, StandardCharsets.UTF_8));
            arrivals.add(arrival);
            script.answer(arrival, connection);
        } catch (Exception gone) {
            // Reset, or closed by one of the two.
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        for (Socket connection : open) {
            connection.close();
        }
    }
}
