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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What replicas on one PostgreSQL do together, and how long a claim takes with much in line. Everything in the schema
 * {@code batchgate} of the database is deleted, so it needs one of its own.
 *
 * <p>{@code ./mvnw package -DskipTests && java -cp postgresql.jar bench/Replicas.java jdbc:postgresql://… user password
 * [replicas ...]} with the JDBC driver's jar; by default 1, 2 and 4 replicas. Prints submissions accepted a second and
 * statuses read a second over 32 connections, then batches dispatched a second at an interval of 1 ms with an upstream
 * that takes no time; then claims in the server itself, with 1,000, 100,000 and 1,000,000 ingestions in line.
 */
public class Replicas {

    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final int CONNECTIONS = 32;
    static final int WARM_UP_SECONDS = 8;
    static final int WARM_UP_REQUESTS = 40_000;
    static final int SECONDS = 10;
    static final String SUBMISSION = "{\"ids\":[1,2,3],\"priority\":\"LOW\"}";

    static String url;
    static String user;
    static String password;

    public static void main(String[] arguments) throws Exception {
        url = arguments[0];
        user = arguments[1];
        password = arguments[2];
        List<String> counts = arguments.length > 3
                ? Arrays.asList(arguments).subList(3, arguments.length)
                : List.of("1", "2", "4");
        System.out.println("| replicas | accepted/s | statuses/s | dispatched/s, 1 in flight | dispatched/s, 8 in flight |");
        System.out.println("|---|---|---|---|---|");
        for (String count : counts) {
            measure(Integer.parseInt(count));
        }
        System.out.println();
        System.out.println("| in line | claim ms, p50 | p99 | most |");
        System.out.println("|---|---|---|---|");
        for (int inLine : new int[] {1_000, 100_000, 1_000_000}) {
            pick(inLine);
        }
        System.exit(0);
    }

    static void measure(int count) throws Exception {
        reset();
        List<Replica> replicas = start(count, 1);
        post(replicas.get(0), "/queue/pause");
        String submission = "POST /ingest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(SUBMISSION.length(), SUBMISSION);
        warmUp(replicas, submission);
        double accepted = load(replicas, submission, SECONDS);
        String id = send(replicas.get(0), "POST", "/ingest", SUBMISSION).replaceAll(".*:\"|\"}", "");
        String status = "GET /status/%s HTTP/1.1\r\nHost: x\r\n\r\n".formatted(id);
        warmUp(replicas, status);
        double statuses = load(replicas, status, SECONDS);
        post(replicas.get(0), "/queue/resume");
        double dispatched = dispatched();
        replicas.forEach(replica -> replica.process.destroyForcibly());
        List<Replica> wider = start(count, 8);
        double wide = dispatched();
        wider.forEach(replica -> replica.process.destroyForcibly());
        System.out.printf("| %d | %,.0f | %,.0f | %,.0f | %,.0f |%n", count, accepted, statuses, dispatched, wide);
    }

    record Replica(Process process, int port) {}

    static List<Replica> start(int count, int maxInFlight) throws Exception {
        List<Replica> replicas = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            ProcessBuilder builder = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-XX:+UseParallelGC",
                            "-Xmn32m",
                            "-Xmx512m",
                            "-jar",
                            "target/batchgate.jar")
                    .redirectErrorStream(true)
                    .redirectOutput(Files.createTempFile(Path.of("target"), "replica", ".log").toFile());
            builder.environment().put("PORT", String.valueOf(port));
            builder.environment().put("SPRING_DATASOURCE_URL", url);
            builder.environment().put("SPRING_DATASOURCE_USERNAME", user);
            builder.environment().put("SPRING_DATASOURCE_PASSWORD", password);
            builder.environment().put("BATCHGATE_INTERVAL", "1ms");
            builder.environment().put("BATCHGATE_MAX_IN_FLIGHT", String.valueOf(maxInFlight));
            builder.environment().put("BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "0ms");
            builder.environment().put("BATCHGATE_LIMITS_MAX_BACKLOG", "100000000");
            Process process = builder.start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            replicas.add(new Replica(process, port));
        }
        for (Replica replica : replicas) {
            while (!isReady(replica)) {
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
        return replicas;
    }

    static boolean isReady(Replica replica) {
        try {
            return send(replica, "GET", "/actuator/health/readiness", "").contains("UP");
        } catch (Exception notYet) {
            return false;
        }
    }

    static void post(Replica replica, String path) throws Exception {
        send(replica, "POST", path, "");
    }

    static String send(Replica replica, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + replica.port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** By requests, not by time: replicas that share a processor take longer to be compiled. */
    static void warmUp(List<Replica> replicas, String request) throws Exception {
        for (double left = WARM_UP_REQUESTS * replicas.size(); left > 0; ) {
            left -= 5 * load(replicas, request, 5);
        }
    }

    /** Answers a second over all connections, which are spread over the replicas. */
    static double load(List<Replica> replicas, String request, int seconds) throws Exception {
        AtomicLong answers = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        byte[] bytes = request.getBytes(StandardCharsets.US_ASCII);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int port = replicas.get(i % replicas.size()).port;
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    ask(port, bytes, answers, over);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(seconds);
        double rate = answers.get() / ((System.nanoTime() - start) / 1e9);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return rate;
    }

    /** Over one connection, as long as the server keeps it. */
    static void ask(int port, byte[] request, AtomicLong answers, AtomicBoolean over) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            while (open && !over.get()) {
                out.write(request);
                String status = line(in);
                if (!status.contains(" 200")) {
                    throw new IllegalStateException(status);
                }
                int length = -1;
                for (String field = line(in); !field.isEmpty(); field = line(in)) {
                    open &= !field.equalsIgnoreCase("Connection: close");
                    if (field.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                        length = Integer.parseInt(field.substring(15).strip());
                    }
                }
                if (length >= 0) {
                    in.readNBytes(length);
                } else {
                    for (int chunk = Integer.parseInt(line(in), 16); ; chunk = Integer.parseInt(line(in), 16)) {
                        in.readNBytes(chunk);
                        line(in);
                        if (chunk == 0) {
                            break;
                        }
                    }
                }
                answers.incrementAndGet();
            }
        } catch (Exception broken) {
            System.out.println("A connection broke: " + broken);
            over.set(true);
        }
    }

    static String line(InputStream in) throws Exception {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IllegalStateException("closed");
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    static double dispatched() throws Exception {
        TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
        long before = number("SELECT slot FROM gate");
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(SECONDS);
        return (number("SELECT slot FROM gate") - before) / ((System.nanoTime() - start) / 1e9);
    }

    /** As a replica claims, a thousand times; each batch ends at once. */
    static void pick(int inLine) throws Exception {
        reset();
        List<Replica> migrating = start(1, 1);
        migrating.get(0).process.destroyForcibly();
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET jit TO off");
            for (int queued = 0; queued < inLine; queued += 1_000) {
                statement.execute("SELECT count(*) FROM (SELECT array_agg(gen_random_uuid()) AS ids, array_agg('LOW'::text) AS low,"
                        + " array_agg(3) AS three, array_agg(4) AS four, array_agg(NULL::text) AS keys, array_agg(NULL::bigint) AS most,"
                        + " array_agg(decode(repeat('00000001', 9), 'hex')) AS packed FROM generate_series(1, 1000)) s,"
                        + " accept(s.ids, s.low, s.three, s.three, s.four, s.packed, s.keys, s.most, 100000000)");
            }
            double[] millis = new double[1_000];
            for (int i = -100; i < millis.length; i++) {
                long start = System.nanoTime();
                long slot;
                try (ResultSet row = statement.executeQuery(
                        "SELECT slot FROM claim(1000, 'bench', 1, 1, 1, 10000000, '{}', NULL, NULL)")) {
                    row.next();
                    slot = row.getLong(1);
                }
                if (i >= 0) {
                    millis[i] = (System.nanoTime() - start) / 1e6;
                }
                statement.execute("SELECT finish(1000, " + slot + ", NULL, false, 'completed', NULL, 'completed', 0, NULL, true,"
                        + " '{}', NULL, false, true, NULL, '{0,1,2}', '{completed,completed,completed}', '{NULL,NULL,NULL}',"
                        + " '{NULL,NULL,NULL}', '{JSON,JSON,JSON}', '{NULL,NULL,NULL}', '{1,2,3}')");
            }
            Arrays.sort(millis);
            System.out.printf("| %,d | %.2f | %.2f | %.2f |%n", inLine, millis[500], millis[990], millis[999]);
        }
    }

    static long number(String sql) throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    static void reset() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA IF EXISTS batchgate CASCADE");
        }
    }

    static Connection connect() throws Exception {
        String separator = url.contains("?") ? "&" : "?";
        return DriverManager.getConnection(url + separator + "currentSchema=batchgate", user, password);
    }
}
