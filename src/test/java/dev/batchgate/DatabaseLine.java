package dev.batchgate;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * A TCP line to the PostgreSQL of a test, to be held and cut: a partition between one replica and the database. Two
 * threads a connection; what is held and who is connected is guarded by this.
 */
final class DatabaseLine implements AutoCloseable {

    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicReference<Watch> watch = new AtomicReference<>();
    private volatile int target;
    private boolean held;

    private record Watch(String word, Runnable event) {}

    DatabaseLine(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        threads.execute(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** A connection over it. */
    Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), database), "postgres", "postgres");
    }

    /** Whoever connects from now on ends up there. */
    void lead(int port) {
        target = port;
    }

    /** From now on nothing gets through, and nothing breaks. */
    synchronized void hold() {
        held = true;
    }

    /** Lets through what was held, and all that follows. */
    synchronized void release() {
        held = false;
        notifyAll();
    }

    /** Once, when an answer of the database's has that word in it: runs that before it is let through. */
    void onAnswer(String word, Runnable event) {
        watch.set(new Watch(word, event));
    }

    /** Resets what is connected; what was held on it is lost. */
    synchronized void cut() {
        open.forEach(DatabaseLine::reset);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket database = new Socket();
                open.add(client);
                open.add(database);
                threads.execute(() -> connect(client, database));
            }
        } catch (IOException closed) {
            // The line was closed.
        }
    }

    private void connect(Socket client, Socket database) {
        try {
            awaitRelease();
            database.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
            client.setTcpNoDelay(true);
            database.setTcpNoDelay(true);
            threads.execute(() -> pump(database, client, this::inspect));
            pump(client, database, question -> {});
        } catch (IOException refused) {
            end(client, database);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            end(client, database);
        }
    }

    private void pump(Socket from, Socket to, Consumer<String> inspection) {
        byte[] bytes = new byte[65_536];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                inspection.accept(new String(bytes, 0, count, StandardCharsets.ISO_8859_1));
                awaitRelease();
                out.write(bytes, 0, count);
            }
            awaitRelease();
        } catch (IOException gone) {
            // One of the two has ended, or the line was cut.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            end(from, to);
        }
    }

    private void inspect(String answer) {
        Watch watching = watch.get();
        if (watching != null && answer.contains(watching.word()) && watch.compareAndSet(watching, null)) {
            watching.event().run();
        }
    }

    private synchronized void awaitRelease() throws InterruptedException {
        while (held) {
            wait();
        }
    }

    private void end(Socket... both) {
        for (Socket socket : both) {
            open.remove(socket);
            close(socket);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException closed) {
            // It has ended by itself.
        }
        close(socket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        threads.shutdownNow();
        cut();
    }
}
