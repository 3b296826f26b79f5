package suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How accepting, asking, dispatching and forecasting go with 1,000 to 1,000,000 ingestions queued. */
final class Growth implements Part {

    private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);
    private static final List<Integer> QUICK = List.of(1_000, 10_000, 100_000);
    private static final int ASKED_ABOUT = 200;

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        Path store = Files.createTempDirectory(Service.OUT, "store");
        try (Service embedded =
                Service.batchgate("growth-embedded", List.of(), Service.FLAGS, store, settings(Map.of()))) {
            grow(report, embedded, "embedded", quick);
        }
        try (Postgres postgres = Postgres.start();
                Service shared = Service.batchgate(
                        "growth-postgres",
                        List.of(),
                        settings(Peers.datasource(postgres, "batchgate")))) {
            grow(report, shared, "PostgreSQL", quick);
        }
    }

    private static Map<String, String> settings(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Service.ACCEPTING);
        settings.put("batchgate.interval", "20ms");
        settings.put("batchgate.upstream.simulated-latency", "0s");
        settings.putAll(more);
        return settings;
    }

    private static void grow(Report report, Service service, String store, boolean quick) throws Exception {
        // Until it is hot; what waits then is cancelled by nobody, so a paused queue is filled from there.
        Load.warm(service, "/ingest", 500);
        Table table = new Table("queued, " + store);
        List<Integer> sizes = quick ? QUICK : SIZES;
        for (int round = 0; round < 1; round++) {
            for (int size : sizes) {
                service.send("POST", "/queue/pause", "");
                fill(service, size);
                at(table, service, size, quick ? 3 : 6);
            }
        }
        report.add(table.print());
        String first = Integer.toString(sizes.get(0));
        String last = Integer.toString(sizes.get(sizes.size() - 1));
        report.bar(store + ", accepted/s", table.ratio("accepted/s", first, last), "<=", 2);
        for (String column : List.of("status p50 ms", "forecast p50 ms", "dispatch ms")) {
            report.bar(store + ", " + column, table.ratio(column, last, first), "<=", 2);
        }
    }

    private static void fill(Service service, int size) throws Exception {
        while (queued(service) < size) {
            if (size - queued(service) > 20_000) {
                Load.submissions(service, "/ingest", 64, 2);
            } else {
                service.submit(9, "HIGH");
                for (int i = 0; i < Math.min(200, size - queued(service)); i++) {
                    service.submit(9, "HIGH");
                }
            }
        }
    }

    private static long queued(Service service) throws Exception {
        return (long) (service.metric("batchgate_backlog_batches") / 3);
    }

    private static void at(Table table, Service service, int size, int seconds) throws Exception {
        String row = Integer.toString(size);
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < ASKED_ABOUT; i++) {
            paths.add("/status/" + service.submit(9, "MEDIUM"));
        }
        Load.questions(service, paths, 1, seconds);
        table.add(row, "status p50 ms", Load.questions(service, paths, 1, seconds).p50());
        table.add(row, "forecast p50 ms", Load.forecasts(service, 1, seconds).p50());
        service.send("POST", "/queue/resume", "");
        double count = service.metric("batchgate_slot_lateness_seconds_count");
        double sum = service.metric("batchgate_slot_lateness_seconds_sum");
        Thread.sleep(seconds * 1_000L);
        double slots = service.metric("batchgate_slot_lateness_seconds_count") - count;
        table.add(row, "dispatch ms", 1e3 * (service.metric("batchgate_slot_lateness_seconds_sum") - sum) / slots);
        service.send("POST", "/queue/pause", "");
        table.add(row, "accepted/s", Load.submissions(service, "/ingest", 32, 2).rate());
    }
}
