package suite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Accepting beside what is used instead, each as its documentation sets it up, on the same machine in the same minutes. */
final class Peers implements Part {

    private static final int CONNECTIONS = 32;
    private static final List<String> DURABLE =
            List.of("BullMQ, always", "BullMQ, everysec", "JobRunr", "db-scheduler");

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            Postgres postgres = add(open, Postgres.start());
            List<Service> services = new ArrayList<>();
            services.add(add(open, Service.batchgate("Batchgate", List.of(), Service.ACCEPTING)));
            Map<String, String> shared = new HashMap<>(Service.ACCEPTING);
            shared.putAll(postgres.settings("batchgate"));
            services.add(add(open, Service.batchgate("Batchgate on PostgreSQL", List.of(), shared)));
            for (String fsync : List.of("always", "everysec")) {
                Service redis = add(open, Peer.redis(fsync));
                services.add(add(
                        open,
                        Peer.start("bullmq", "BullMQ, " + fsync, Map.of("REDIS_PORT", Integer.toString(redis.port())))));
            }
            services.add(add(
                    open, Peer.start("jobrunr", "JobRunr", Map.of("DATABASE_URL", postgres.create("jobrunr")))));
            services.add(add(
                    open,
                    Peer.start("db-scheduler", "db-scheduler", Map.of("DATABASE_URL", postgres.create("dbscheduler")))));
            services.add(add(open, Peer.start("express", "Express, in memory", Map.of())));
            services.add(add(open, Peer.start("flask", "Flask, in memory", Map.of())));
            compare(report, services, quick);
        } finally {
            for (int i = open.size() - 1; i >= 0; i--) {
                open.get(i).close();
            }
        }
    }

    private static void compare(Report report, List<Service> services, boolean quick) throws Exception {
        for (Service service : services) {
            Load.warm(service, "/ingest");
        }
        Table table = new Table("accepted by");
        for (int round = 0; round < (quick ? 3 : 5); round++) {
            for (Service service : services) {
                table.add(
                        service.name(),
                        Load.columns(Load.submissions(service, "/ingest", CONNECTIONS, quick ? 4 : 10)));
            }
        }
        report.add(table.print());
        String fastest = DURABLE.stream()
                .max(Comparator.comparingDouble(peer -> table.median(peer, "requests/s")))
                .orElseThrow();
        report.bar("Batchgate to " + fastest, table.ratios("requests/s", "Batchgate", fastest), ">=", 5);
    }

    private static <T extends AutoCloseable> T add(List<AutoCloseable> open, T one) {
        open.add(one);
        return one;
    }
}
