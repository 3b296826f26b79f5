package suite;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * How punctual slots are used, off the ledger: when each batch left, and how much later that was than an interval after the one
 * before it. Idle, and while submissions keep both processors busy.
 */
final class Slots implements Part {

    /** @param starts of a service each, so that a backlog does not outgrow its heap before there are 100 slots */
    private record Run(String interval, double millis, int seconds, int starts) {}

    @Override
    public void measure(Report report, boolean quick) throws Exception {
        List<Run> runs = quick
                ? List.of(new Run("100ms", 100, 15, 1), new Run("10ms", 10, 15, 1), new Run("1ms", 1, 15, 1))
                : List.of(
                        new Run("5s", 5_000, 120, 5),
                        new Run("100ms", 100, 40, 1),
                        new Run("10ms", 10, 40, 1),
                        new Run("1ms", 1, 40, 1));
        Table table = new Table("slots");
        for (Run run : runs) {
            for (boolean busy : List.of(false, true)) {
                one(report, table, run, busy);
            }
        }
        report.add(table.print());
    }

    private static void one(Report report, Table table, Run run, boolean busy) throws Exception {
        double[] late = {};
        for (int start = 0; start < run.starts; start++) {
            late = DoubleStream.concat(Arrays.stream(late), Arrays.stream(once(run, busy)))
                    .toArray();
        }
        Arrays.sort(late);
        judge(report, table, run, busy, late);
    }

    /** How late each slot was that one service used. */
    private static double[] once(Run run, boolean busy) throws Exception {
        Path store = Files.createTempDirectory(Service.OUT, "store");
        Map<String, String> settings = new HashMap<>(Service.ACCEPTING);
        settings.put("batchgate.interval", run.interval);
        settings.put("batchgate.max-in-flight", "8");
        settings.put("batchgate.upstream.simulated-latency", "0s");
        long from;
        try (Service service = Service.batchgate("slots", List.of(), Service.FLAGS, store, settings)) {
            Load.warm(service, "/ingest");
            Thread.sleep(3_000);
            from = newest(store);
            if (busy) {
                Load.submissions(service, "/ingest", 32, run.seconds);
            } else {
                Thread.sleep(run.seconds * 1_000L);
            }
        }
        return lateness(store, from, run);
    }

    private static void judge(Report report, Table table, Run run, boolean busy, double[] late) {
        String row = run.interval + (busy ? ", busy" : ", idle");
        table.add(row, "slots", late.length);
        table.add(row, "early", Arrays.stream(late).filter(each -> each < 0).count());
        table.add(row, "p50 ms late", at(late, 0.5));
        table.add(row, "p90", at(late, 0.9));
        table.add(row, "p99", at(late, 0.99));
        table.add(row, "most", at(late, 1));
        double used = run.starts * run.seconds * 1_000 / run.millis;
        table.add(row, "used", late.length / used);
        report.bar(row + ", early", Arrays.stream(late).filter(each -> each < 0).count(), "<=", 0);
        if (busy) {
            report.bar(row + ", p90", at(late, 0.9), "<=", 1);
            report.bar(row + ", p99", at(late, 0.99), "<=", 30);
        } else {
            report.bar(row + ", p99", at(late, 0.99), "<=", 5);
        }
        if (run.millis == 1) {
            report.bar(row + ", slots used", late.length / used, ">=", 0.9);
        }
    }

    private static Connection open(Path store) throws Exception {
        return DriverManager.getConnection("jdbc:sqlite:" + store.resolve("batchgate.db"));
    }

    private static long newest(Path store) throws Exception {
        try (Connection connection = open(store);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT coalesce(max(slot), 0) FROM dispatch")) {
            return row.getLong(1);
        }
    }

    /** Milliseconds. */
    private static double[] lateness(Path store, long from, Run run) throws Exception {
        List<Long> left = new ArrayList<>();
        try (Connection connection = open(store);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT departed_ticks FROM dispatch WHERE departed_ticks IS NOT NULL AND slot >= " + from + " ORDER BY slot")) {
            while (row.next()) {
                left.add(row.getLong(1));
            }
        }
        double[] late = new double[Math.max(0, left.size() - 1)];
        for (int i = 0; i < late.length; i++) {
            late[i] = (left.get(i + 1) - left.get(i)) / 1e6 - run.millis;
        }
        // Those of the stop come after what was measured.
        return Arrays.copyOf(late, (int) Math.min(late.length, run.seconds * 1_000 / run.millis));
    }

    private static double at(double[] sorted, double share) {
        return sorted.length == 0 ? Double.NaN : sorted[(int) Math.ceil(share * (sorted.length - 1))];
    }
}
