package suite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Accepting into one durable PostgreSQL by 1, 2 and 4 replicas, beside a service that inserts one row a request. */
final class Shared implements Part {

    private static final List<Integer> CONNECTIONS = List.of(32, 128);
    private static final List<Integer> REPLICAS = List.of(1, 2, 4);

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        List<Service> replicas = new ArrayList<>();
        try (Postgres postgres = Postgres.start();
                Service insert = Peer.start("insert", "insert", Map.of("DATABASE_URL", postgres.create("plain")))) {
            Map<String, String> settings = new HashMap<>(Service.ACCEPTING);
            settings.putAll(postgres.settings("batchgate"));
            for (int i = 0; i < REPLICAS.get(REPLICAS.size() - 1); i++) {
                replicas.add(Service.batchgate("replica-" + i, List.of(), settings));
                Load.warm(replicas.get(i), "/ingest");
            }
            Load.warm(insert, "/ingest");
            Table table = new Table("accepted on PostgreSQL");
            for (int round = 0; round < (quick ? 3 : 5); round++) {
                for (int connections : CONNECTIONS) {
                    table.add(
                            "one insert a request, " + connections,
                            Load.columns(Load.submissions(insert, "/ingest", connections, quick ? 4 : 8)));
                    for (int many : REPLICAS) {
                        together(table, replicas.subList(0, many), connections, quick ? 4 : 8);
                    }
                }
            }
            report.add(table.print());
            for (int connections : CONNECTIONS) {
                for (int many : REPLICAS) {
                    String row = row(many, connections);
                    String inserts = "one insert a request, " + connections;
                    report.bar(row + " to " + inserts, table.ratios("requests/s", row, inserts), ">=", 5);
                }
            }
        } finally {
            replicas.forEach(Service::close);
        }
    }

    private static String row(int replicas, int connections) {
        return (replicas == 1 ? "1 replica, " : replicas + " replicas, ") + connections;
    }

    private static void together(Table table, List<Service> replicas, int connections, int seconds) {
        List<CompletableFuture<Load.Result>> all = replicas.stream()
                .map(replica -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return Load.submissions(replica, "/ingest", connections / replicas.size(), seconds);
                    } catch (Exception failed) {
                        throw new CompletionException(failed);
                    }
                }))
                .toList();
        List<Load.Result> results = all.stream().map(CompletableFuture::join).toList();
        String row = row(replicas.size(), connections);
        table.add(row, "requests/s", results.stream().mapToDouble(Load.Result::rate).sum());
        table.add(row, "p50 ms", results.stream().mapToDouble(Load.Result::p50).max().orElseThrow());
        table.add(row, "p99 ms", results.stream().mapToDouble(Load.Result::p99).max().orElseThrow());
        table.add(row, "p99.9 ms", results.stream().mapToDouble(Load.Result::p999).max().orElseThrow());
        table.add(row, "CPU µs", results.stream().mapToDouble(Load.Result::cpuMicros).average().orElseThrow());
        table.add(row, "errors", results.stream().mapToLong(Load.Result::errors).sum());
    }
}
