package dev.batchgate.metrics;

import dev.batchgate.Http;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What Prometheus would read, taken apart. */
record Scrape(List<Sample> samples) {

    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(Http http) {
        Http.Answer answer = http.get("/actuator/prometheus");
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.response().body());
        }
        return new Scrape(answer.response()
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(Scrape::sample)
                .toList());
    }

    private static Sample sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError(line);
        }
        Map<String, String> labels = new HashMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            labels.put(label.group(1), label.group(2));
        }
        return new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3)));
    }

    /** The value of the one sample of that name with those labels, written {@code name=value}. */
    double value(String name, String... labels) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> List.of(labels).stream()
                        .map(label -> label.split("=", 2))
                        .allMatch(label -> label[1].equals(sample.labels().get(label[0]))))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(name + " " + List.of(labels) + ": " + found);
        }
        return found.get(0).value();
    }

    /** The values that each label of a metric has. */
    Map<String, Set<String>> labels(String name) {
        Map<String, Set<String>> values = new TreeMap<>();
        samples.stream()
                .filter(sample -> sample.name().equals(name))
                .forEach(sample -> sample.labels()
                        .forEach((label, value) -> values.computeIfAbsent(label, any -> new TreeSet<>())
                                .add(value)));
        return values;
    }

    Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toCollection(TreeSet::new));
    }

    List<Sample> ours() {
        return new ArrayList<>(samples.stream()
                .filter(sample -> sample.name().startsWith("batchgate_"))
                .toList());
    }
}
