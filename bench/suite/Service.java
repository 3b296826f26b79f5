package suite;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that is measured: a child process which listens on the loopback interface. */
record Service(String name, Process process, int port) implements AutoCloseable {

    static final Path OUT = Path.of("target", "bench");

    /** As the image runs it (ops/jvm.flags), with a heap of its own size, since several of them share the machine. */
    static final List<String> FLAGS = flags();

    private static final int JDK_WITH_COMPACT_HEADERS = 25;

    /** The queue fills while it is measured, and nothing leaves it. */
    static final Map<String, String> ACCEPTING =
            Map.of("batchgate.interval", "1h", "batchgate.limits.max-backlog", "1000000000");

    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int PATIENCE_SECONDS = 240;
    private static final double TICKS_A_SECOND = 100;

    private static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("-XX:+UseParallelGC", "-Xmn32m", "-Xmx1g", "-XX:-UsePerfData"));
        if (Runtime.version().feature() >= JDK_WITH_COMPACT_HEADERS) {
            flags.add("-XX:+UseCompactObjectHeaders");
        }
        return List.copyOf(flags);
    }

    /** The service from its parts, classes of the variants first, where one of the same name takes the place of its own. */
    static Service batchgate(String name, List<String> variants, Map<String, String> settings) throws Exception {
        Path store = Files.createTempDirectory(OUT, "store");
        return batchgate(name, variants, FLAGS, store, settings);
    }

    static Service batchgate(
            String name, List<String> variants, List<String> flags, Path store, Map<String, String> settings)
            throws Exception {
        int port = freePort();
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(flags);
        StringBuilder path = new StringBuilder();
        variants.forEach(variant -> path.append(OUT.resolve("variants").resolve(variant)).append(':'));
        path.append(OUT.resolve("app/batchgate.jar")).append(':').append(OUT.resolve("app/lib/*"));
        command.addAll(List.of("-cp", path.toString(), "dev.batchgate.BatchgateApplication"));
        command.add("--server.port=" + port);
        command.add("--batchgate.store.path=" + store);
        settings.forEach((key, value) -> command.add("--" + key + "=" + value));
        Service service = started(name, command, port, Map.of());
        service.awaitAnswer("/actuator/health/readiness");
        return service;
    }

    static Service started(String name, List<String> command, int port, Map<String, String> environment)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(OUT.resolve(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".log").toFile());
        builder.environment().putAll(environment);
        Service service = new Service(name, builder.start(), port);
        Runtime.getRuntime().addShutdownHook(new Thread(service::close));
        return service;
    }

    void awaitAnswer(String path) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                if (send("GET", path, "").statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                // It is starting.
            }
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IllegalStateException(name + " does not start; its log is in " + OUT);
            }
            Thread.sleep(20);
        }
    }

    HttpResponse<String> send(String method, String path, String body) throws IOException, InterruptedException {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Submits so many ids, and returns the ingestion's own. */
    String submit(int ids, String priority) throws Exception {
        StringBuilder body = new StringBuilder("{\"ids\":[");
        for (int i = 1; i <= ids; i++) {
            body.append(i == 1 ? "" : ",").append(i);
        }
        String answer = send("POST", "/ingest", body + "],\"priority\":\"" + priority + "\"}").body();
        Matcher id = Pattern.compile("\"ingestion_id\":\"([^\"]+)").matcher(answer);
        if (!id.find()) {
            throw new IllegalStateException(answer);
        }
        return id.group(1);
    }

    /** Seconds of processor time until now. */
    double cpuSeconds() {
        return cpuSeconds(Path.of("/proc/" + process.pid()));
    }

    /** Of those what the JVM's compilers had; 0 of what is none. */
    double compilerSeconds() throws IOException {
        double seconds = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                if (isCompiler(thread)) {
                    seconds += cpuSeconds(thread);
                }
            }
        }
        return seconds;
    }

    private static boolean isCompiler(Path thread) {
        try {
            return Files.readString(thread.resolve("comm")).matches("C[12] Compiler.*\\s");
        } catch (IOException gone) {
            return false;
        }
    }

    private static double cpuSeconds(Path counted) {
        try {
            String stat = Files.readString(counted.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
        } catch (IOException gone) {
            return Double.NaN;
        }
    }

    double residentMegabytes() throws IOException {
        return kilobytes("VmRSS") / 1024.0;
    }

    private long kilobytes(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    /** The sum of all samples of a metric. */
    double metric(String metric) throws Exception {
        return send("GET", "/actuator/prometheus", "").body().lines()
                .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Ingestions of {@link Load#SUBMISSION} that wait. */
    long queued() throws Exception {
        return (long) (metric("batchgate_backlog_batches") / 3);
    }

    /** Bytes of the heap that are in use, and stay so; not those that the collector fills gaps with. */
    long liveBytes() throws Exception {
        Process histogram = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .start();
        String all = new String(histogram.getInputStream().readAllBytes());
        return all.lines()
                .map(line -> line.trim().split("\\s+"))
                .filter(row -> row.length > 3 && row[0].matches("\\d+:") && !row[3].contains("jdk.internal.vm.Filler"))
                .mapToLong(row -> Long.parseLong(row[2]))
                .sum();
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException unasked) {
            process.destroyForcibly();
        }
    }
}
