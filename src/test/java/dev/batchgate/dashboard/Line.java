package dev.batchgate.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What is between the browser and the service: can be cut, made to lose answers, and to exchange words on the
 * way to the browser. Two threads a connection.
 */
final class Line implements AutoCloseable {

    private final int target;
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Set<Socket> deaf = ConcurrentHashMap.newKeySet();
    private final Set<Socket> streams = ConcurrentHashMap.newKeySet();
    private volatile boolean cut;
    private volatile String lostAfter = "";
    private volatile String said = "";
    private volatile String heard = "";

    Line(int target) {
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

    /** Breaks all connections; new ones break at once. */
    void cut() {
        cut = true;
        open.forEach(Line::end);
    }

    /** All is well again. */
    void mend() {
        cut = false;
        lostAfter = "";
        said = "";
    }

    /** How many event streams go over it. */
    int streams() {
        return streams.size();
    }

    /** Lets such requests through, and breaks the connection instead of bringing their answers. */
    void loseAnswersTo(String request) {
        lostAfter = request;
    }

    /** The browser hears other words; as many bytes of them, for an answer has said its length before. */
    void exchange(String original, String replacement) {
        if (original.length() != replacement.length()) {
            throw new IllegalArgumentException(replacement + " is not as long");
        }
        heard = replacement;
        said = original;
    }

    private void accept() {
        try {
            while (true) {
                Socket browser = server.accept();
                open.add(browser);
                threads.execute(() -> connect(browser));
            }
        } catch (IOException closed) {
            // The line was closed.
        }
    }

    private void connect(Socket browser) {
        try (browser;
                Socket service = new Socket(InetAddress.getLoopbackAddress(), target)) {
            open.add(service);
            try {
                if (!cut) {
                    threads.execute(() -> answers(service, browser));
                    questions(browser, service);
                }
            } finally {
                open.remove(service);
                // Also one that was asked for when nobody answered any more.
                streams.remove(service);
            }
        } catch (IOException broken) {
            // One of the two has gone.
        } finally {
            open.remove(browser);
        }
    }

    private void questions(Socket browser, Socket service) throws IOException {
        byte[] bytes = new byte[65_536];
        InputStream in = browser.getInputStream();
        OutputStream out = service.getOutputStream();
        for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
            String question = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
            if (!lostAfter.isEmpty() && question.startsWith(lostAfter)) {
                deaf.add(service);
            }
            if (question.startsWith("GET ")
                    && question.substring(0, question.indexOf('\n')).contains("/events ")) {
                streams.add(service);
            }
            out.write(bytes, 0, count);
        }
    }

    private void answers(Socket service, Socket browser) {
        byte[] bytes = new byte[65_536];
        try {
            InputStream in = service.getInputStream();
            OutputStream out = browser.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (deaf.remove(service)) {
                    break;
                }
                String answer = new String(bytes, 0, count, StandardCharsets.ISO_8859_1);
                out.write(
                        (said.isEmpty() ? answer : answer.replace(said, heard)).getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
                if (answer.endsWith("0\r\n\r\n") || isOtherAnswer(answer)) {
                    // The connection may go on with something else.
                    streams.remove(service);
                }
            }
        } catch (IOException broken) {
            // One of the two has gone.
        } finally {
            end(browser);
            end(service);
            streams.remove(service);
        }
    }

    /** Such as to whoever comes again for the events of what has ended: there is nothing to follow. */
    private static boolean isOtherAnswer(String answer) {
        return answer.startsWith("HTTP/1.1 ") && !answer.contains("text/event-stream");
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException already) {
            // It is closed.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        threads.shutdownNow();
    }
}
