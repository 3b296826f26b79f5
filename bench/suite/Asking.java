package suite;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /status/{id}}: of an ingestion that waits, of one that has ended, and of one with 10,000 batches. */
final class Asking implements Part {

    private static final int INGESTIONS = 1_000;
    private static final int LARGE = 30_000;
    private static final Map<String, String> SETTINGS = Map.of(
            "batchgate.interval", "1ms",
            "batchgate.upstream.simulated-latency", "0s",
            "batchgate.max-in-flight", "4",
            "batchgate.limits.max-ids", Integer.toString(LARGE));

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        Table table = Table.overStarts("GET /status", quick, each -> measure(each, quick));
        report.add(table.print());
        judge(report, table);
    }

    private static void measure(Table table, boolean quick) throws Exception {
        try (Service service = Service.batchgate("status", List.of("plain"), SETTINGS)) {
            List<String> ended = submit(service, "/status/");
            String largeEnded = "/status/" + service.submit(LARGE, "LOW");
            while (service.metric("batchgate_backlog_batches") > 0) {
                Thread.sleep(500);
            }
            service.send("POST", "/queue/pause", "");
            List<String> waiting = submit(service, "/status/");
            String largeWaiting = "/status/" + service.submit(LARGE, "LOW");
            List<String> plain = new ArrayList<>();
            for (int i = 0; i < INGESTIONS; i++) {
                String answer = service.send("POST", "/plain/ingest", Load.SUBMISSION).body();
                plain.add("/plain/" + answer.split("\"")[3]);
            }
            Map<String, List<String>> kinds = new LinkedHashMap<>();
            kinds.put("waiting", waiting);
            kinds.put("plain servlet", plain);
            kinds.put("servlet with the same answer", inServlet(waiting));
            kinds.put("ended", ended);
            kinds.put("waiting, 10,000 batches", List.of(largeWaiting));
            kinds.put("ended, 10,000 batches", List.of(largeEnded));
            Load.warmAll(kinds.values(), paths -> Load.warm(service, () -> ask(service, paths, Load.WINDOW)));
            for (int round = 0; round < 3; round++) {
                for (Map.Entry<String, List<String>> kind : kinds.entrySet()) {
                    table.add(kind.getKey(), Load.columns(ask(service, kind.getValue(), quick ? 3 : 6)));
                }
            }
        }
    }

    private static void judge(Report report, Table table) {
        String rate = "requests/s";
        report.bar("waiting to plain servlet", table.ratios(rate, "waiting", "plain servlet"), ">=", 0.8);
        report.bar(
                "waiting to a servlet with the same answer",
                table.ratios(rate, "waiting", "servlet with the same answer"),
                ">=",
                0.8);
        report.bar("10,000 batches that wait, p50 ms", table.median("waiting, 10,000 batches", "p50 ms"), "<=", 20);
        report.bar("10,000 batches that ended, p50 ms", table.median("ended, 10,000 batches", "p50 ms"), "<=", 20);
    }

    private static Load.Result ask(Service service, List<String> paths, int seconds) throws Exception {
        return Load.questions(service, paths, paths.size() == 1 ? 1 : 32, seconds);
    }

    private static List<String> inServlet(List<String> paths) {
        return paths.stream().map(path -> "/servlet" + path).toList();
    }

    private static List<String> submit(Service service, String prefix) throws Exception {
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < INGESTIONS; i++) {
            paths.add(prefix + service.submit(9, "HIGH"));
        }
        return paths;
    }
}
