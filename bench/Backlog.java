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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a large backlog costs: the finished jar under a small heap takes ingestions over HTTP until so many wait, is
 * killed with {@code kill -9}, and starts again from its disk.
 *
 * <p>{@code ./mvnw package -DskipTests && java bench/Backlog.java [ingestions=ids ...] [--jvm=flag ...]}, by default
 * {@code 1000000=9 10=1000000} under {@code -Xmx512m}. Prints the rate of accepting, the size of the store, the memory
 * in use, the time from starting the process to its readiness, and fails unless everything is there again.
 */
public class Backlog {

    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final int CONNECTIONS = 16;

    public static void main(String[] arguments) throws Exception {
        List<String> jvm = new ArrayList<>();
        List<String> runs = new ArrayList<>();
        for (String argument : arguments) {
            if (argument.startsWith("--jvm=")) {
                jvm.add(argument.substring("--jvm=".length()));
            } else {
                runs.add(argument);
            }
        }
        if (jvm.isEmpty()) {
            jvm.add("-Xmx512m");
        }
        System.out.println("| ingestions | ids each | accepted/s | store MB | live heap MB | peak RSS MB | again ready after s | of it reading ms |"
                + " peak RSS MB then |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (String run : runs.isEmpty() ? List.of("1000000=9", "10=1000000") : runs) {
            String[] parts = run.split("=");
            measure(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), jvm);
        }
        System.exit(0);
    }

    static void measure(int ingestions, int ids, List<String> jvm) throws Exception {
        Path store = Files.createTempDirectory(Path.of("target"), "backlog");
        int port = freePort();
        Process service = start(port, store, jvm);
        awaitReady(port, service, store);
        long start = System.nanoTime();
        submitAll(port, ingestions, ids);
        double seconds = (System.nanoTime() - start) / 1e9;
        long batches = waiting(port);
        String peak = peakMegabytes(service);
        long live = liveMegabytes(service);
        service.destroyForcibly().waitFor();

        long again = System.nanoTime();
        service = start(port, store, jvm);
        awaitReady(port, service, store);
        double ready = (System.nanoTime() - again) / 1e9;
        long batchesAgain = waiting(port);
        String peakAgain = peakMegabytes(service);
        service.destroyForcibly().waitFor();
        if (batches != batchesAgain) {
            throw new IllegalStateException(batches + " batches waited, and " + batchesAgain + " do now");
        }
        String read = Files.readString(store.resolve("log")).replaceAll("(?s).*read in (\\d+) ms.*", "$1");
        System.out.printf(
                "| %d | %d | %.0f | %d | %d | %s | %.1f | %s | %s |%n",
                ingestions, ids, ingestions / seconds, size(store) >> 20, live, peak, ready, read, peakAgain);
        try (var files = Files.list(store)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(store);
    }

    static Process start(int port, Path store, List<String> jvm) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of(
                "-jar",
                "target/batchgate.jar",
                "--server.port=" + port,
                "--batchgate.interval=1h",
                "--batchgate.store.path=" + store,
                "--batchgate.limits.max-ids=1000000",
                "--batchgate.limits.max-backlog=100000000"));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(store.resolve("log").toFile())
                .start();
    }

    static void submitAll(int port, int ingestions, int ids) throws Exception {
        String body = IntStream.rangeClosed(1, ids)
                .mapToObj(id -> String.valueOf(1_000_000_000 + id % 7))
                .collect(Collectors.joining(",", "{\"ids\":[", "],\"priority\":\"LOW\"}"));
        byte[] request = ("POST /ingest HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
        AtomicInteger left = new AtomicInteger(ingestions);
        List<Thread> clients = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < Math.min(CONNECTIONS, ids > 1000 ? 2 : CONNECTIONS); i++) {
            Thread client = new Thread(() -> {
                try {
                    submit(port, request, left);
                } catch (Throwable failed) {
                    synchronized (failures) {
                        failures.add(failed);
                    }
                }
            });
            clients.add(client);
            client.start();
        }
        for (Thread client : clients) {
            client.join();
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException(failures.get(0));
        }
    }

    static void submit(int port, byte[] request, AtomicInteger left) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            byte[] some = new byte[8192];
            while (left.getAndDecrement() > 0) {
                out.write(request);
                out.flush();
                StringBuilder answer = new StringBuilder();
                while (answer.lastIndexOf("\r\n0\r\n\r\n") < 0) {
                    int read = in.read(some);
                    if (read < 0) {
                        socket.close();
                        throw new IllegalStateException("closed: " + answer);
                    }
                    answer.append(new String(some, 0, read, StandardCharsets.US_ASCII));
                }
                if (!answer.toString().startsWith("HTTP/1.1 200")) {
                    throw new IllegalStateException(answer.toString());
                }
                if (answer.indexOf("Connection: close") >= 0) {
                    submit(port, request, left);
                    return;
                }
            }
        }
    }

    static long waiting(int port) throws Exception {
        String queue = get(port, "/queue").body();
        long sum = 0;
        for (String part : queue.split("\"batches\":")) {
            sum += part.startsWith("{") ? 0 : Long.parseLong(part.replaceAll("\\D.*", ""));
        }
        return sum;
    }

    static String peakMegabytes(Process process) throws Exception {
        Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
        return Files.exists(status)
                ? Files.readString(status).replaceAll("(?s).*VmHWM:\\s*(\\d+)\\d{3} kB.*", "$1")
                : "?";
    }

    /** What is reachable, after a collection. */
    static long liveMegabytes(Process process) throws Exception {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process histogram = new ProcessBuilder(jcmd.toString(), String.valueOf(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String[] lines = new String(histogram.getInputStream().readAllBytes()).strip().split("\n");
        String[] total = lines[lines.length - 1].strip().split("\\s+");
        return Long.parseLong(total[total.length - 1]) >> 20;
    }

    static long size(Path folder) throws Exception {
        try (var files = Files.list(folder)) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    static HttpResponse<String> get(int port, String path) throws Exception {
        return CLIENT.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    static void awaitReady(int port, Process service, Path store) throws Exception {
        for (long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(3); System.nanoTime() < end; ) {
            if (!service.isAlive()) {
                throw new IllegalStateException(Files.readString(store.resolve("log")));
            }
            try {
                if (get(port, "/actuator/health/readiness").statusCode() == 200) {
                    return;
                }
            } catch (java.io.IOException notYet) {
                // Nobody listens yet.
            }
            Thread.sleep(20);
        }
        throw new IllegalStateException("the service did not start: " + Files.readString(store.resolve("log")));
    }

    static int freePort() throws Exception {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }
}
