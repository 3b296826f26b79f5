import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a forecast costs with 1,000,000 ingestions queued, as a client sees it who asks for one after the other; and what the
 * sums for it cost those who accept.
 *
 * <p>{@code ./mvnw package -DskipTests && java bench/Forecast.java [ingestions]} measures the embedded store; {@code java -cp
 * postgresql.jar bench/Forecast.java ingestions jdbc:postgresql://… user password} with the JDBC driver's jar a PostgreSQL,
 * in whose database the schema {@code batchgate} is deleted first. Milliseconds, request and answer included.
 */
public class Forecast {

    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final int CONNECTIONS = 48;
    static final int ASKED = 2_000;
    static final int ACCEPTED_AT_ONCE = 32;
    static final Random RANDOM = new Random(1);

    static int port;

    public static void main(String[] arguments) throws Exception {
        int ingestions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000_000;
        boolean shared = arguments.length > 1;
        if (shared) {
            try (Connection connection = connect(arguments);
                    Statement statement = connection.createStatement()) {
                statement.execute("DROP SCHEMA IF EXISTS batchgate CASCADE");
            }
        }
        Process process = start(arguments);
        send("POST", "/queue/pause", "");
        List<String> ids = shared ? fill(ingestions, arguments) : submit(ingestions);
        send("POST", "/queue/resume", "");
        System.out.printf("| of %,d queued, ms | p50 | p99 | most |%n|---|---|---|---|%n", ingestions);
        measure("status", () -> send("GET", "/status/" + ids.get(RANDOM.nextInt(ids.size())), ""));
        String known = CLIENT.send(request("GET", "/status/" + ids.get(ids.size() - 1), "").build(),
                        HttpResponse.BodyHandlers.ofString())
                .headers()
                .firstValue("ETag")
                .orElse("");
        measure("status, unchanged", () -> answer(
                request("GET", "/status/" + ids.get(ids.size() - 1), "").header("If-None-Match", known)));
        measure("what if", () -> send("POST", "/queue/forecast", "{\"ids\":[1,2,3,4],\"priority\":\"HIGH\"}"));
        measure("list of 50", () -> send("GET", "/ingestions", ""));
        process.destroyForcibly().waitFor();
        if (shared) {
            accept(arguments);
        }
        System.exit(0);
    }

    interface Call {
        String make() throws Exception;
    }

    static void measure(String name, Call call) throws Exception {
        double[] millis = new double[ASKED];
        for (int i = -ASKED; i < ASKED; i++) {
            long start = System.nanoTime();
            call.make();
            if (i >= 0) {
                millis[i] = (System.nanoTime() - start) / 1e6;
            }
        }
        Arrays.sort(millis);
        System.out.printf(
                "| %s | %.2f | %.2f | %.2f |%n", name, millis[ASKED / 2], millis[ASKED * 99 / 100], millis[ASKED - 1]);
    }

    static Process start(String[] arguments) throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseParallelGC",
                        "-Xmx1g",
                        "-jar",
                        "target/batchgate.jar")
                .redirectErrorStream(true)
                .redirectOutput(Files.createTempFile("forecast", ".log").toFile());
        builder.environment().put("PORT", String.valueOf(port));
        builder.environment().put("BATCHGATE_INTERVAL", "1s");
        builder.environment().put("BATCHGATE_UPSTREAM_SIMULATED_LATENCY", "0ms");
        builder.environment().put("BATCHGATE_LIMITS_MAX_BACKLOG", "100000000");
        if (arguments.length > 1) {
            builder.environment().put("SPRING_DATASOURCE_URL", arguments[1]);
            builder.environment().put("SPRING_DATASOURCE_USERNAME", arguments[2]);
            builder.environment().put("SPRING_DATASOURCE_PASSWORD", arguments[3]);
        } else {
            Path store = Files.createTempDirectory("forecast");
            builder.environment().put("BATCHGATE_STORE_PATH", store.toString());
        }
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        for (String health = ""; !health.contains("UP"); ) {
            TimeUnit.MILLISECONDS.sleep(200);
            try {
                health = send("GET", "/actuator/health/readiness", "");
            } catch (Exception notYet) {
                // Asked again.
            }
        }
        return process;
    }

    static HttpRequest.Builder request(String method, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
    }

    static String send(String method, String path, String body) throws Exception {
        return answer(request(method, path, body));
    }

    static String answer(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            throw new IllegalStateException(answer.body());
        }
        return answer.body();
    }

    static List<String> submit(int ingestions) throws Exception {
        List<String> ids = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger left = new AtomicInteger(ingestions);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Thread thread = new Thread(() -> {
                try {
                    while (left.getAndDecrement() > 0) {
                        ids.add(send("POST", "/ingest", "{\"ids\":[1,2,3,4,5],\"priority\":\"LOW\"}")
                                .replaceAll(".*:\"|\"}", ""));
                    }
                } catch (Exception refused) {
                    System.out.println("Refused: " + refused);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return ids;
    }

    static Connection connect(String[] arguments) throws SQLException {
        String separator = arguments[1].contains("?") ? "&" : "?";
        return DriverManager.getConnection(
                arguments[1] + separator + "currentSchema=batchgate", arguments[2], arguments[3]);
    }

    static String accepting(String function, int count) {
        return ("SELECT count(*) FROM (SELECT array_agg(gen_random_uuid()) AS ids, array_agg('LOW'::text) AS low,"
                        + " array_agg(3) AS three, array_agg(2) AS two, array_agg(4) AS four, array_agg(NULL::text) AS keys,"
                        + " array_agg(NULL::bigint) AS most, array_agg(decode(repeat('00000001', 5), 'hex')) AS packed"
                        + " FROM generate_series(1, %d)) s,"
                        + " %s(s.ids, s.low, s.three, s.two, s.four, s.packed, s.keys, s.most, 100000000)")
                .formatted(count, function);
    }

    static List<String> fill(int ingestions, String[] arguments) throws SQLException {
        try (Connection connection = connect(arguments);
                Statement statement = connection.createStatement()) {
            for (int queued = 0; queued < ingestions; queued += 1_000) {
                statement.execute(accepting("accept", 1_000));
            }
            List<String> ids = new ArrayList<>();
            try (ResultSet row = statement.executeQuery("SELECT id FROM ingestion ORDER BY sequence")) {
                while (row.next()) {
                    ids.add(row.getString(1));
                }
            }
            return ids;
        }
    }

    /** In turns, with the function as it is and with one that keeps no sums. */
    static void accept(String[] arguments) throws SQLException {
        try (Connection connection = connect(arguments);
                Statement statement = connection.createStatement()) {
            String plain;
            try (ResultSet row = statement.executeQuery("SELECT pg_get_functiondef('accept'::regproc)")) {
                row.next();
                plain = row.getString(1)
                        .replaceFirst("(?s)INSERT INTO arrival .*?;", "")
                        .replaceFirst("accept\\(", "accept_plain(");
            }
            statement.execute(plain);
            statement.execute("SET synchronous_commit TO off");
            String[] functions = {"accept_plain", "accept"};
            double[][] millis = new double[functions.length][ASKED];
            for (int i = -ASKED / 2; i < ASKED; i++) {
                for (int f = 0; f < functions.length; f++) {
                    long start = System.nanoTime();
                    statement.execute(accepting(functions[f], ACCEPTED_AT_ONCE));
                    if (i >= 0) {
                        millis[f][i] = (System.nanoTime() - start) / 1e6;
                    }
                }
            }
            System.out.printf("%n| %d accepted in one call, ms | p50 | p99 |%n|---|---|---|%n", ACCEPTED_AT_ONCE);
            for (int f = 0; f < functions.length; f++) {
                Arrays.sort(millis[f]);
                System.out.printf(
                        "| %s | %.3f | %.3f |%n",
                        f == 0 ? "without sums" : "with", millis[f][ASKED / 2], millis[f][ASKED * 99 / 100]);
            }
        }
    }
}
