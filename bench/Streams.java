import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Opens many event streams on one service, and measures what they cost it and how soon each of them is told of a change.
 *
 * <p>{@code java -jar target/batchgate.jar --batchgate.interval=1s} in one terminal, in the other
 * {@code java bench/Streams.java http://127.0.0.1:8080 5000 PID}; the limit of open files must allow for it ({@code ulimit
 * -n}).
 */
final class Streams {

    private static final int ROUNDS = 10;

    private final URI base;
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private final List<Stream> streams = new ArrayList<>();

    Streams(URI base) throws IOException {
        this.base = base;
    }

    /** A stream, and how many of its events have come. */
    private static final class Stream {
        private final SocketChannel socket;
        private int events;
        private long toldAt;
        private boolean closed;

        Stream(SocketChannel socket) {
            this.socket = socket;
        }
    }

    public static void main(String[] args) throws Exception {
        Streams streams = new Streams(URI.create(args[0]));
        int many = Integer.parseInt(args[1]);
        Path process = Path.of("/proc", args[2], "status");
        streams.statuses(many, process);
        streams.queues(many, process);
    }

    /** All of one ingestion, which is moved to and fro. */
    private void statuses(int many, Path process) throws Exception {
        post("/queue/pause", "");
        String id = post("/ingest", "{\"ids\":[1,2,3,4,5,6]}").replaceAll(".*:\"|\".*", "");
        System.out.printf("before                %s%n", memory(process));
        open("/status/" + id + "/events", many);
        System.out.printf("%5d status streams   %s%n", many, memory(process));
        measure("status", () -> patch(id));
        closeAll();
        post("/queue/resume", "");
    }

    private boolean high;

    private void patch(String id) {
        high = !high;
        send("PATCH", "/ingest/" + id, "{\"priority\":\"" + (high ? "HIGH" : "LOW") + "\"}");
    }

    private void queues(int many, Path process) throws Exception {
        open("/queue/events", many);
        System.out.printf("%5d queue streams    %s%n", many, memory(process));
        measure("queue", () -> post(high ? "/queue/resume" : "/queue/pause", "", high = !high));
        closeAll();
        post("/queue/resume", "");
    }

    private void post(String path, String body, boolean ignored) {
        post(path, body);
    }

    private void measure(String kind, Runnable change) throws IOException {
        long[] all = new long[ROUNDS];
        List<Long> lags = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            settle();
            streams.forEach(stream -> stream.events = 0);
            long start = System.nanoTime();
            change.run();
            readUntil(() -> streams.stream().allMatch(stream -> stream.events > 0 || stream.closed));
            streams.forEach(stream -> lags.add(stream.toldAt - start));
            all[round] = System.nanoTime() - start;
        }
        lags.sort(null);
        Arrays.sort(all);
        long closed = streams.stream().filter(stream -> stream.closed).count();
        System.out.printf(
                "%s: told p50 %.1f ms, p99 %.1f ms, last of all %.1f ms (median of %d), cut off %d%n",
                kind,
                lags.get(lags.size() / 2) / 1e6,
                lags.get(lags.size() * 99 / 100) / 1e6,
                all[ROUNDS / 2] / 1e6,
                ROUNDS,
                closed);
    }

    private void open(String path, int many) throws IOException {
        byte[] request = "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
                .formatted(path)
                .getBytes(StandardCharsets.US_ASCII);
        long start = System.nanoTime();
        for (int i = 0; i < many; i++) {
            SocketChannel socket = SocketChannel.open(new InetSocketAddress(base.getHost(), base.getPort()));
            socket.write(ByteBuffer.wrap(request));
            socket.configureBlocking(false);
            Stream stream = new Stream(socket);
            socket.register(selector, SelectionKey.OP_READ, stream);
            streams.add(stream);
        }
        readUntil(() -> streams.stream().allMatch(stream -> stream.events > 0 || stream.closed));
        System.out.printf("%d opened in %.1f s%n", many, (System.nanoTime() - start) / 1e9);
    }

    /** Until nobody has been told anything for a while. */
    private void settle() throws IOException {
        while (selector.select(this::read, 300) > 0) {
            continue;
        }
    }

    private void readUntil(BooleanSupplier done) throws IOException {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!done.getAsBoolean()) {
            selector.select(this::read, 1_000);
            if (System.nanoTime() > end) {
                throw new IllegalStateException("not all have been told after a minute");
            }
        }
    }

    private void read(SelectionKey key) {
        Stream stream = (Stream) key.attachment();
        try {
            buffer.clear();
            int bytes = stream.socket.read(buffer);
            stream.closed = bytes < 0;
            if (bytes < 0) {
                key.cancel();
            }
            buffer.flip();
            String text = StandardCharsets.US_ASCII.decode(buffer).toString();
            if (text.contains("\nevent: ")) {
                stream.events++;
                stream.toldAt = System.nanoTime();
            }
        } catch (IOException gone) {
            stream.closed = true;
            key.cancel();
        }
    }

    private void closeAll() throws Exception {
        for (Stream stream : streams) {
            stream.socket.close();
        }
        streams.clear();
        selector.selectNow();
        // Until the service has found out, which is with the next heartbeat; else it has no room for as many again.
        TimeUnit.SECONDS.sleep(17);
    }

    private static String memory(Path process) throws IOException {
        return Files.readAllLines(process).stream()
                .filter(line -> line.startsWith("VmRSS") || line.startsWith("Threads"))
                .map(line -> line.replaceAll("\\s+", " "))
                .toList()
                .toString();
    }

    private String post(String path, String body) {
        return send("POST", path, body);
    }

    private String send(String method, String path, String body) {
        try {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(base.resolve(path))
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .header("Content-Type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        } catch (IOException broken) {
            throw new IllegalStateException(broken);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
