package suite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What was measured: every number into a file, medians into a table of Markdown. One thread. */
final class Table {

    private final String part;
    private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();
    private final StringBuilder raw = new StringBuilder("row,column,value\n");

    Table(String part) {
        this.part = part;
    }

    /** What is started to be measured, and put into a table. */
    interface Start {
        void measure(Table table) throws Exception;
    }

    /** What is started anew several times: an odd number, as that of the rounds of each, so that a median is one of them. */
    static Table overStarts(String part, boolean quick, Start start) throws Exception {
        Table table = new Table(part);
        for (int i = 0; i < (quick ? 3 : 5); i++) {
            start.measure(table);
        }
        return table;
    }

    void add(String row, Map<String, Double> columns) {
        columns.forEach((column, value) -> add(row, column, value));
    }

    void add(String row, String column, double value) {
        rows.computeIfAbsent(row, none -> new LinkedHashMap<>())
                .computeIfAbsent(column, none -> new ArrayList<>())
                .add(value);
        raw.append(row.replace(',', ' ')).append(',').append(column).append(',').append(value).append('\n');
    }

    double median(String row, String column) {
        List<Double> values = values(row, column).stream().sorted().toList();
        return values.isEmpty() ? Double.NaN : values.get(values.size() / 2);
    }

    /** Each number of one row to that of another which was measured beside it, least first. */
    double[] ratios(String column, String row, String to) {
        List<Double> of = values(row, column);
        List<Double> by = values(to, column);
        return IntStream.range(0, Math.min(of.size(), by.size()))
                .mapToDouble(i -> of.get(i) / by.get(i))
                .sorted()
                .toArray();
    }

    private List<Double> values(String row, String column) {
        return rows.getOrDefault(row, Map.of()).getOrDefault(column, List.of());
    }

    String print() throws IOException {
        Files.writeString(Service.OUT.resolve("raw-" + part.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".csv"), raw);
        Set<String> columns = rows.values().stream()
                .flatMap(row -> row.keySet().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
        StringBuilder table = new StringBuilder("| " + part + " | " + String.join(" | ", columns) + " |\n")
                .append("|---|" + "---:|".repeat(columns.size()) + "\n");
        for (String row : rows.keySet()) {
            table.append("| ").append(row).append(" |");
            for (String column : columns) {
                double median = median(row, column);
                table.append(' ').append(Double.isNaN(median) ? "" : number(median)).append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 || value == Math.rint(value) ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, format, value);
    }
}
