package suite;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the parts that are asked for; see {@code bench/run}. */
public final class Bench {

    private static final Map<String, Part> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("accept", new Accepting());
        PARTS.put("status", new Asking());
        PARTS.put("postgres", new Shared());
        PARTS.put("slots", new Slots());
        PARTS.put("memory", new Memory());
        PARTS.put("growth", new Growth());
        PARTS.put("peers", new Peers());
    }

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        List<String> wanted = new ArrayList<>(List.of(arguments));
        boolean quick = wanted.remove("--quick");
        if (wanted.stream().anyMatch(part -> !PARTS.containsKey(part))) {
            System.err.println("Usage: bench/run [--quick] [part ...]; parts: " + String.join(", ", PARTS.keySet()));
            System.exit(2);
        }
        Files.createDirectories(Service.OUT);
        Report report = new Report(Service.OUT.resolve("report.md"));
        for (String part : wanted.isEmpty() ? PARTS.keySet() : wanted) {
            PARTS.get(part).measure(report, quick);
        }
        System.exit(0);
    }
}
