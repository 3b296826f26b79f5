package suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a queued ingestion takes of the heap, and how long a start takes: with an empty store, and with a full one. */
final class Memory implements Part {

    private static final int INGESTIONS = 1_000_000;
    private static final int JDK_WITH_CACHE = 25;
    private static final int STARTS = 3;

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        int ingestions = quick ? INGESTIONS / 10 : INGESTIONS;
        Table table = new Table("memory and start");
        Path full = Files.createTempDirectory(Service.OUT, "store");
        double bytes;
        try (Service service = Service.batchgate("memory", List.of(), Service.FLAGS, full, Service.ACCEPTING)) {
            // What grows while it gets hot is nobody's.
            Load.fill(service, "/ingest", ingestions / 10);
            long few = service.queued();
            long empty = service.liveBytes();
            Load.fill(service, "/ingest", ingestions);
            bytes = (service.liveBytes() - empty) / (double) (service.queued() - few);
        }
        table.add("a queued ingestion of 9 ids", "heap bytes", bytes);
        List<String> cached = cache(report);
        for (int start = 0; start < (quick ? 1 : STARTS); start++) {
            Path empty = Files.createTempDirectory(Service.OUT, "store");
            start(table, "empty store", Service.FLAGS, empty);
            start(table, "full store", Service.FLAGS, full);
            if (!cached.isEmpty()) {
                start(table, "empty store, AOT cache", cached, empty);
                start(table, "full store, AOT cache", cached, full);
            }
        }
        report.add(table.print());
        report.bar("heap bytes a queued ingestion", bytes, "<=", 200);
    }

    private static void start(Table table, String row, List<String> flags, Path store) throws Exception {
        long before = System.nanoTime();
        try (Service service = Service.batchgate("start", List.of(), flags, store, Service.ACCEPTING)) {
            table.add(row, "s until ready", (System.nanoTime() - before) / 1e9);
            table.add(row, "CPU s", service.cpuSeconds());
            Thread.sleep(5_000);
            table.add(row, "resident MB, idle", service.residentMegabytes());
        }
    }

    /** Flags of a start that was trained, as the image is; none where this JDK cannot be. */
    private static List<String> cache(Report report) throws Exception {
        if (Runtime.version().feature() < JDK_WITH_CACHE) {
            report.add("(No AOT cache before JDK " + JDK_WITH_CACHE + ".)\n");
            return List.of();
        }
        Path cache = Service.OUT.resolve("batchgate.aot");
        Files.deleteIfExists(cache);
        List<String> training = new ArrayList<>(Service.FLAGS);
        training.add("-XX:AOTCacheOutput=" + cache);
        Path store = Files.createTempDirectory(Service.OUT, "store");
        try (Service service = Service.batchgate("training", List.of(), training, store, Map.of())) {
            for (int i = 0; i < 50; i++) {
                service.send("GET", "/status/" + service.submit(9, "HIGH"), "");
                service.send("GET", "/queue", "");
            }
        }
        List<String> flags = new ArrayList<>(Service.FLAGS);
        flags.add("-XX:AOTCache=" + cache);
        return flags;
    }
}
