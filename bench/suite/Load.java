package suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** wrk, as many connections as asked, each with one request after the other. */
final class Load {

    /** Nine ids: three batches. */
    static final String SUBMISSION = "{\"ids\":[1,2,3,4,5,6,7,8,9],\"priority\":\"HIGH\"}";

    /** Seconds of one load while it gets warm. */
    static final int WINDOW = 3;

    private static final int MOST_WINDOWS = 60;

    /** Of one processor, below which a compiler counts as one that rests. */
    private static final double RESTING = 0.03;

    private static final String REPORT = """
            done = function(summary, latency, requests)
              local e = summary.errors
              io.write(string.format("REPORT %d %f %f %f %f %d\\n", summary.requests, summary.duration / 1e6,
                latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3,
                e.connect + e.read + e.write + e.status + e.timeout))
            end
            """;

    /**
     * @param requests that were answered
     * @param seconds how long it took
     * @param p50 milliseconds
     * @param errors answers that were none, or none of 2xx and 3xx
     * @param cpuMicros of the service's processor time a request
     */
    record Result(long requests, double seconds, double p50, double p99, double p999, long errors, double cpuMicros) {

        double rate() {
            return requests / seconds;
        }
    }

    private Load() {}

    static Result submissions(Service service, String path, int connections, double seconds) throws Exception {
        return run(service, path, connections, seconds, """
                wrk.method = "POST"
                wrk.body = '%s'
                wrk.headers["Content-Type"] = "application/json"
                """.formatted(SUBMISSION));
    }

    /** Questions about each of these in turn. */
    static Result questions(Service service, List<String> paths, int connections, double seconds) throws Exception {
        StringBuilder all = new StringBuilder("local paths = {");
        paths.forEach(path -> all.append('"').append(path).append("\","));
        return run(service, "/", connections, seconds, all + """
                }
                local next = 0
                request = function()
                  next = next % #paths + 1
                  return wrk.format("GET", paths[next])
                end
                """);
    }

    private static Result run(Service service, String path, int connections, double seconds, String script)
            throws Exception {
        Path lua = Files.createTempFile(Service.OUT, "load", ".lua");
        Files.writeString(lua, script + REPORT);
        double before = service.cpuSeconds();
        Process wrk = new ProcessBuilder(List.of(
                        "wrk",
                        "-t1",
                        "-c" + connections,
                        "-d" + Math.max(1, Math.round(seconds)) + "s",
                        "--timeout",
                        "20s",
                        "-s",
                        lua.toString(),
                        "http://127.0.0.1:" + service.port() + path))
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes());
        wrk.waitFor();
        Files.delete(lua);
        double cpu = service.cpuSeconds() - before;
        String[] report = output.lines()
                .filter(line -> line.startsWith("REPORT"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(output))
                .split(" ");
        long requests = Long.parseLong(report[1]);
        return new Result(
                requests,
                Double.parseDouble(report[2]),
                Double.parseDouble(report[3]),
                Double.parseDouble(report[4]),
                Double.parseDouble(report[5]),
                Long.parseLong(report[6]),
                1e6 * cpu / Math.max(1, requests));
    }

    /** Hands in until at least so many have been answered. */
    static void fill(Service service, String path, long requests) throws Exception {
        for (long done = 0; done < requests; ) {
            done += some(service, () -> submissions(service, path, 32, WINDOW));
        }
    }

    /** The same as {@link #warm(Service, Callable)}, by handing in. */
    static void warm(Service service, String path) throws Exception {
        warm(service, () -> submissions(service, path, 32, WINDOW));
    }

    /**
     * Loads it until its compiler rests, or for three minutes: on few processors a compiler that works takes from what is
     * measured, until some half a million requests, which is longest for who answers the fewest a second.
     */
    static void warm(Service service, Callable<Result> load) throws Exception {
        int resting = 0;
        for (int i = 0; i < MOST_WINDOWS && resting < 2; i++) {
            double before = service.compilerSeconds();
            some(service, load);
            resting = service.compilerSeconds() - before < RESTING * WINDOW ? resting + 1 : 0;
        }
    }

    /** What gets one of them warm. */
    interface Warming<T> {
        void warm(T variant) throws Exception;
    }

    /** All of them, twice: what one has made the compiler assume, another in the same process may take back. */
    static <T> void warmAll(Iterable<T> variants, Warming<T> warming) throws Exception {
        for (int i = 0; i < 2; i++) {
            for (T variant : variants) {
                warming.warm(variant);
            }
        }
    }

    private static long some(Service service, Callable<Result> load) throws Exception {
        Result some = load.call();
        if (some.requests() == 0) {
            throw new IllegalStateException(service.name() + " does not answer");
        }
        return some.requests();
    }

    /** What is measured, in the order of the columns. */
    static Map<String, Double> columns(Result result) {
        Map<String, Double> columns = new LinkedHashMap<>();
        columns.put("requests/s", result.rate());
        columns.put("p50 ms", result.p50());
        columns.put("p99 ms", result.p99());
        columns.put("p99.9 ms", result.p999());
        columns.put("CPU µs", result.cpuMicros());
        columns.put("errors", (double) result.errors());
        return columns;
    }

    static List<Integer> connections(boolean quick) {
        return quick ? List.of(32, 128, 512) : List.of(8, 32, 128, 512);
    }
}
