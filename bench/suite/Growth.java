package suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How accepting, asking, dispatching and forecasting go with 1,000 to 1,000,000 ingestions queued. */
final class Growth implements Part {

    private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);
    private static final List<Integer> QUICK = List.of(1_000, 10_000, 100_000);
    private static final int ASKED_ABOUT = 200;

    /** With fewer missing they are handed in one by one, since wrk cannot be told a number. */
    private static final int FAST = 20_000;

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        grow(report, "embedded", Map.of(), quick);
        try (Postgres postgres = Postgres.start()) {
            grow(report, "PostgreSQL", postgres.settings("batchgate"), quick);
        }
    }

    private static void grow(Report report, String store, Map<String, String> more, boolean quick) throws Exception {
        Map<String, String> settings = new HashMap<>(Service.ACCEPTING);
        settings.put("batchgate.interval", "20ms");
        settings.put("batchgate.upstream.simulated-latency", "0s");
        settings.putAll(more);
        Table table = new Table("queued, " + store);
        List<Integer> sizes = quick ? QUICK : SIZES;
        try (Service service = Service.batchgate("growth", List.of(), settings)) {
            service.send("POST", "/queue/pause", "");
            // Until it is hot, by what queues nothing.
            Load.warm(service, "/queue/forecast");
            for (int size : sizes) {
                fill(service, size);
                at(table, service, size, quick ? 3 : 6);
            }
        }
        report.add(table.print());
        String first = Integer.toString(sizes.get(0));
        String last = Integer.toString(sizes.get(sizes.size() - 1));
        report.bar(store + ", accepted/s", table.ratios("accepted/s", first, last), "<=", 2);
        for (String column : List.of("status p50 ms", "forecast p50 ms", "dispatch ms")) {
            report.bar(store + ", " + column, table.ratios(column, last, first), "<=", 2);
        }
    }

    private static void fill(Service service, int size) throws Exception {
        while (size - service.queued() > FAST) {
            Load.submissions(service, "/ingest", 64, 1);
        }
        for (long missing = size - service.queued(); missing > 0; missing--) {
            service.submit(9, "HIGH");
        }
    }

    /** The number that wait is kept, so that nobody has to believe the row: accepting adds to it, last of all. */
    private static void at(Table table, Service service, int size, int seconds) throws Exception {
        String row = Integer.toString(size);
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < ASKED_ABOUT; i++) {
            paths.add("/status/" + service.submit(9, "MEDIUM"));
        }
        table.add(row, "wait", service.queued());
        Load.questions(service, paths, 1, seconds);
        table.add(row, "status p50 ms", Load.questions(service, paths, 1, seconds).p50());
        table.add(row, "forecast p50 ms", Load.submissions(service, "/queue/forecast", 1, seconds).p50());
        service.send("POST", "/queue/resume", "");
        double count = service.metric("batchgate_slot_lateness_seconds_count");
        double sum = service.metric("batchgate_slot_lateness_seconds_sum");
        Thread.sleep(seconds * 1_000L);
        double slots = service.metric("batchgate_slot_lateness_seconds_count") - count;
        table.add(row, "dispatch ms", 1e3 * (service.metric("batchgate_slot_lateness_seconds_sum") - sum) / slots);
        service.send("POST", "/queue/pause", "");
        table.add(row, "accepted/s", Load.submissions(service, "/ingest", 32, 1).rate());
        table.add(row, "wait then", service.queued());
    }
}
