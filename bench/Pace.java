import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * How punctual the gate is, read off an upstream's own log: the finished jar as a child process, this process as the
 * upstream on the loopback interface.
 *
 * <p>{@code ./mvnw package -DskipTests && java bench/Pace.java [--jvm=flag ...] [interval=batches ...]}, for instance
 * {@code --jvm=-XX:+UseSerialGC 1ms=5000 5s=5}; the flags are the service's. Prints, for each interval, the gaps
 * between the starts of consecutive batches in milliseconds, how many of them are more than 10 ms over the interval,
 * the share of the slots that were used, and how long after its submission the first batch of an idle service started.
 *
 * <p>Two more rows show what the machine itself makes of the interval: a thread that waits for it and does nothing
 * else, and one that forces a page to the disk each time, as the service does twice.
 *
 * <p>While it measures, this process allocates nothing: its own collections would pass for late batches.
 */
public class Pace {

    static final String FLAG = "--jvm=";

    /**
     * When the request for each id arrived; the count is raised after, so that it publishes what was written before.
     */
    static volatile long[] arrived = {};

    static final AtomicInteger ARRIVALS = new AtomicInteger();
    static final byte[] ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".getBytes();
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        List<String> flags = new ArrayList<>();
        List<String> runs = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith(FLAG)) {
                flags.add(argument.substring(FLAG.length()));
            } else {
                runs.add(argument);
            }
        }
        if (runs.isEmpty()) {
            runs = List.of("1ms=5000", "10ms=1000", "100ms=100", "1s=10", "5s=4");
        }
        ServerSocket upstream = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        daemon(() -> accept(upstream));
        System.out.println("| interval | batches | least | p50 | p90 | p99 | most | early | > +10 ms | slots used |"
                + " idle start p50 | idle start most |");
        System.out.println("|---|---|---|---|---|---|---|---|---|---|---|---|");
        for (String run : runs) {
            String[] parts = run.split("=");
            measure(upstream.getLocalPort(), flags, parts[0], Integer.parseInt(parts[1]));
        }
        System.exit(0);
    }

    static void measure(int upstream, List<String> flags, String interval, int batches) throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path store = Files.createTempDirectory(Path.of("target"), "pace");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        long nanos = parse(interval);
        List<String> command = new ArrayList<>(List.of(java));
        command.addAll(flags);
        command.addAll(List.of(
                "-jar",
                "target/batchgate.jar",
                "--server.port=" + port,
                "--batchgate.interval=" + interval,
                "--batchgate.store.path=" + store,
                "--batchgate.limits.max-ids=1000000",
                "--batchgate.upstream.url=http://127.0.0.1:" + upstream + "/{id}"));
        Process service = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitReady(port, service);
            double[] idle = new double[5];
            for (int i = 0; i < idle.length; i++) {
                Thread.sleep(200 + 2 * nanos / 1_000_000);
                expect(1);
                long before = System.nanoTime();
                submit(port, 1);
                await(1);
                idle[i] = (arrived[0] - before) / 1e6;
            }
            expect(3 * batches);
            System.gc();
            Thread.sleep(200 + 2 * nanos / 1_000_000);
            submit(port, 3 * batches);
            await(3 * batches);
            report(interval, nanos, starts(batches), idle);
        } finally {
            service.destroy();
            service.waitFor();
        }
        double[] none = {Double.NaN};
        report(interval + ", a timer alone", nanos, ticks(nanos, batches, null), none);
        report(interval + ", a timer that forces 4 KB to the disk", nanos, ticks(nanos, batches, store), none);
    }

    /**
     * What the machine itself makes of such an interval: a thread that waits for it, and at most writes a page to the
     * disk.
     */
    static long[] ticks(long nanos, int ticks, Path folder) throws Exception {
        long[] starts = new long[ticks];
        ByteBuffer page = ByteBuffer.allocateDirect(4096);
        try (FileChannel file = folder == null
                ? null
                : FileChannel.open(folder.resolve("page"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long next = System.nanoTime();
            for (int i = 0; i < ticks; i++) {
                for (long left = next - System.nanoTime(); left > 0; left = next - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                if (file != null) {
                    file.write(page.clear());
                    file.force(false);
                }
                starts[i] = System.nanoTime();
                next = starts[i] + nanos;
            }
        }
        return starts;
    }

    static long[] starts(int batches) {
        long[] starts = new long[batches];
        for (int i = 0; i < batches; i++) {
            starts[i] = Math.min(arrived[3 * i], Math.min(arrived[3 * i + 1], arrived[3 * i + 2]));
        }
        return starts;
    }

    static void expect(int arrivals) {
        arrived = new long[arrivals];
        ARRIVALS.set(0);
    }

    static void report(String interval, long nanos, long[] starts, double[] idle) {
        double[] gaps = new double[starts.length - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (starts[i + 1] - starts[i]) / 1e6;
        }
        double whole = nanos / 1e6;
        long early = Arrays.stream(gaps).filter(gap -> gap < whole).count();
        long late = Arrays.stream(gaps).filter(gap -> gap > whole + 10).count();
        double used = 100.0 * gaps.length * nanos / (starts[starts.length - 1] - starts[0]);
        Arrays.sort(gaps);
        Arrays.sort(idle);
        System.out.printf(
                "| %s | %d | %.3f | %.3f | %.3f | %.3f | %.3f | %d | %d | %.1f %% | %.1f | %.1f |%n",
                interval, starts.length, gaps[0], at(gaps, .5), at(gaps, .9), at(gaps, .99), gaps[gaps.length - 1], early,
                late, used, at(idle, .5), idle[idle.length - 1]);
    }

    static double at(double[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    static long parse(String interval) {
        boolean millis = interval.endsWith("ms");
        long number = Long.parseLong(interval.substring(0, interval.length() - (millis ? 2 : 1)));
        return number * (millis ? 1_000_000L : 1_000_000_000L);
    }

    static void submit(int port, int ids) throws Exception {
        String list = LongStream.rangeClosed(1, ids).mapToObj(String::valueOf).collect(Collectors.joining(","));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/ingest"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"ids\":[" + list + "]}"))
                .build();
        HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
    }

    static void await(int arrivals) throws Exception {
        while (ARRIVALS.get() < arrivals) {
            Thread.sleep(arrivals == 1 ? 1 : 50);
        }
    }

    static void awaitReady(int port, Process service) throws Exception {
        URI ready = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
        for (long end = System.nanoTime() + Duration.ofSeconds(60).toNanos(); service.isAlive() && System.nanoTime() < end; ) {
            try {
                if (CLIENT.send(HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (java.io.IOException notYet) {
                // Nobody listens yet.
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException("the service did not start");
    }

    static void accept(ServerSocket server) {
        try {
            while (true) {
                Socket connection = server.accept();
                connection.setTcpNoDelay(true);
                daemon(() -> serve(connection));
            }
        } catch (java.io.IOException closed) {
            throw new java.io.UncheckedIOException(closed);
        }
    }

    static void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            OutputStream out = connection.getOutputStream();
            byte[] head = new byte[8192];
            while (true) {
                int length = in.read(head);
                long nanos = System.nanoTime();
                if (length < 0) {
                    return;
                }
                arrived[id(head) - 1] = nanos;
                ARRIVALS.incrementAndGet();
                out.write(ANSWER);
                out.flush();
            }
        } catch (java.io.IOException gone) {
            // The service has stopped.
        }
    }

    /** The number in {@code GET /number HTTP/1.1}. */
    static int id(byte[] head) {
        int id = 0;
        for (int i = "GET /".length(); head[i] != ' '; i++) {
            id = 10 * id + head[i] - '0';
        }
        return id;
    }

    static void daemon(Runnable what) {
        Thread thread = new Thread(what);
        thread.setDaemon(true);
        thread.start();
    }
}
