package suite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code POST /ingest}: durable, beside the same service with a journal that does nothing, and a bare servlet in it. Each is
 * started several times: two processes of the same code differ by a seventh, by what the compiler made of them.
 */
final class Accepting implements Part {

    private record Variant(String name, Service service, String path) {}

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        Table table = Table.overStarts("POST /ingest", quick, each -> measure(each, quick));
        report.add(table.print());
        judge(report, table);
    }

    private static void measure(Table table, boolean quick) throws Exception {
        try (Service durable = Service.batchgate("durable", List.of(), Service.ACCEPTING);
                Service memory = Service.batchgate("memory", List.of("plain", "memory"), Service.ACCEPTING)) {
            List<Variant> variants = List.of(
                    new Variant("durable", durable, "/ingest"),
                    new Variant("in memory", memory, "/ingest"),
                    new Variant("plain servlet", memory, "/plain/ingest"));
            Load.warmAll(variants, variant -> Load.warm(variant.service, variant.path));
            for (int round = 0; round < 3; round++) {
                for (int connections : Load.connections(quick)) {
                    for (Variant variant : variants) {
                        table.add(variant.name + ", " + connections, once(variant, connections, quick ? 4 : 8));
                    }
                }
            }
        }
    }

    private static Map<String, Double> once(Variant variant, int connections, int seconds) throws Exception {
        double commits = variant.service.metric("batchgate_commit_seconds_count");
        double changes = variant.service.metric("batchgate_commit_changes_sum");
        Load.Result result = Load.submissions(variant.service, variant.path, connections, seconds);
        Map<String, Double> columns = new LinkedHashMap<>(Load.columns(result));
        double committed = variant.service.metric("batchgate_commit_seconds_count") - commits;
        if (committed > 0) {
            columns.put("commits/s", committed / result.seconds());
            columns.put("in a group", (variant.service.metric("batchgate_commit_changes_sum") - changes) / committed);
        }
        return columns;
    }

    private static void judge(Report report, Table table) {
        String rate = "requests/s";
        report.bar("durable to in memory, 32", table.ratios(rate, "durable, 32", "in memory, 32"), ">=", 0.65);
        report.bar("durable to in memory, 128", table.ratios(rate, "durable, 128", "in memory, 128"), ">=", 0.75);
        report.bar("in memory to plain servlet, 32", table.ratios(rate, "in memory, 32", "plain servlet, 32"), ">=", 0.65);
        report.bar("p99 to in memory, 32", table.ratios("p99 ms", "durable, 32", "in memory, 32"), "<=", 3);
        report.bar("512 to 32 connections", table.ratios(rate, "durable, 512", "durable, 32"), ">=", 0.9);
    }
}
