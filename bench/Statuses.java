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
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Statuses read a second from one replica on PostgreSQL, of several versions side by side: they take turns, so that whatever
 * else the machine does meets all of them. Each version has a database of its own, {@code statuses_1} and so on, which is
 * dropped first.
 *
 * <p>{@code java -cp postgresql.jar bench/Statuses.java jdbc:postgresql://host/ user password rounds jar ...} with the JDBC
 * driver's jar. Prints, for each, the median over the rounds: of one waiting ingestion; of one of 20,000, each time another;
 * the same while a batch is dispatched every 5 ms; and of one that has ended.
 */
public class Statuses {

    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final int CONNECTIONS = 16;
    static final int INGESTIONS = 20_000;
    static final int SECONDS = 3;
    static final String SUBMISSION = "{\"ids\":[1,2,3],\"priority\":\"LOW\"}";

    record Version(String jar, String database, Process process, int port, List<String> ids, String ended) {}

    public static void main(String[] arguments) throws Exception {
        int rounds = Integer.parseInt(arguments[3]);
        List<Version> versions = new ArrayList<>();
        for (int i = 4; i < arguments.length; i++) {
            versions.add(start(arguments, arguments[i], "statuses_" + (i - 3)));
        }
        String[] kinds = {"one", "any", "any while dispatching", "ended"};
        double[][][] rates = new double[kinds.length][versions.size()][rounds];
        for (int round = -1; round < rounds; round++) {
            for (int kind = 0; kind < kinds.length; kind++) {
                for (int i = 0; i < versions.size(); i++) {
                    double rate = measure(versions.get(i), kind);
                    if (round >= 0) {
                        rates[kind][i][round] = rate;
                    }
                }
            }
        }
        System.out.println("| statuses/s, medians | " + String.join(" | ", kinds) + " |");
        System.out.println("|---|" + "---|".repeat(kinds.length));
        for (int i = 0; i < versions.size(); i++) {
            StringBuilder line = new StringBuilder("| " + versions.get(i).jar + " |");
            for (double[][] kind : rates) {
                Arrays.sort(kind[i]);
                line.append(" %,.0f |".formatted(kind[i][rounds / 2]));
            }
            System.out.println(line);
        }
        versions.forEach(version -> version.process.destroyForcibly());
        System.exit(0);
    }

    static double measure(Version version, int kind) throws Exception {
        if (kind == 2) {
            send(version.port, "POST", "/queue/resume", "");
        }
        List<String> of =
                switch (kind) {
                    case 0 -> version.ids.subList(INGESTIONS / 2, INGESTIONS / 2 + 1);
                    case 3 -> List.of(version.ended);
                    // The first ones may have ended by then.
                    default -> version.ids.subList(INGESTIONS / 4, INGESTIONS);
                };
        double rate = load(version.port, of);
        if (kind == 2) {
            send(version.port, "POST", "/queue/pause", "");
        }
        return rate;
    }

    static Version start(String[] arguments, String jar, String database) throws Exception {
        try (Connection connection =
                        DriverManager.getConnection(arguments[0] + "postgres", arguments[1], arguments[2]);
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database);
            statement.execute("CREATE DATABASE " + database + " TEMPLATE template0 ENCODING 'UTF8'");
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmn32m",
                        "-Xmx256m",
                        "-jar",
                        jar)
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile("statuses", ".log").toFile());
        builder.environment().put("PORT", String.valueOf(port));
        builder.environment().put("SPRING_DATASOURCE_URL", arguments[0] + database);
        builder.environment().put("SPRING_DATASOURCE_USERNAME", arguments[1]);
        builder.environment().put("SPRING_DATASOURCE_PASSWORD", arguments[2]);
        builder.environment().put("BATCHGATE_INTERVAL", "5ms");
        builder.environment().put("BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "0ms");
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        for (String health = ""; !health.contains("UP"); ) {
            TimeUnit.MILLISECONDS.sleep(200);
            try {
                health = send(port, "GET", "/actuator/health/readiness", "");
            } catch (Exception notYet) {
                // Asked again.
            }
        }
        String ended = submit(port);
        while (!send(port, "GET", "/status/" + ended, "").contains("\"completed\":1")) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        send(port, "POST", "/queue/pause", "");
        List<String> ids = new ArrayList<>();
        while (ids.size() < INGESTIONS) {
            ids.add(submit(port));
        }
        return new Version(jar, database, process, port, ids, ended);
    }

    static String submit(int port) throws Exception {
        return send(port, "POST", "/ingest", SUBMISSION).replaceAll(".*:\"|\"}", "");
    }

    static String send(int port, String method, String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json")
                .build();
        return CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Answers a second over all connections. */
    static double load(int port, List<String> ids) throws Exception {
        AtomicLong answers = new AtomicLong();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread thread = new Thread(() -> {
                while (!over.get()) {
                    ask(port, ids, answers, over);
                }
            });
            thread.start();
            threads.add(thread);
        }
        long start = System.nanoTime();
        TimeUnit.SECONDS.sleep(SECONDS);
        double rate = answers.get() / ((System.nanoTime() - start) / 1e9);
        over.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        return rate;
    }

    /** Over one connection, as long as the server keeps it. */
    static void ask(int port, List<String> ids, AtomicLong answers, AtomicBoolean over) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream());
            boolean open = true;
            while (open && !over.get()) {
                String id = ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
                out.write("GET /status/%s HTTP/1.1\r\nHost: x\r\n\r\n"
                        .formatted(id)
                        .getBytes(StandardCharsets.US_ASCII));
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
}
