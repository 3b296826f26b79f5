package dev.batchgate.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Dashboard, alerts and manual speak of what the service really tells. */
class OpsTests {

    private static final Path ALERTS = Path.of("ops/prometheus/alerts.yaml");
    private static final Path ALERT_TESTS = Path.of("ops/prometheus/alerts.test.yaml");
    private static final Path DASHBOARD = Path.of("ops/grafana/batchgate.json");
    private static final Path MANUAL = Path.of("docs/operations.md");

    /** What Prometheus adds itself, when it scrapes. */
    private static final Set<String> OF_THE_SCRAPE = Set.of("job", "instance", "le");

    private static final Set<String> OF_PROMETHEUS = Set.of("up");

    private static Scrape scrape;

    @BeforeAll
    static void scrapeWhatIsThereAfterSomeWork() {
        try (Measured service = Measured.embedded()) {
            scrape = service.work().scrape();
        }
    }

    @Test
    void dashboardAndAlertsNameOnlyWhatIsExported() throws Exception {
        List<String> expressions = Stream.concat(
                        alerts().stream().map(alert -> alert.get("expr").toString()), dashboard().stream())
                .toList();

        assertThat(expressions).hasSizeGreaterThan(30);
        for (String text : expressions) {
            Expression expression = Expression.parse(text);
            assertThat(expression.selectors()).as(text).isNotEmpty();
            Set<String> known = new TreeSet<>(OF_THE_SCRAPE);
            expression.selectors().forEach((metric, labels) -> {
                if (OF_PROMETHEUS.contains(metric)) {
                    return;
                }
                assertThat(scrape.names()).as(text).contains(metric);
                Map<String, Set<String>> exported = scrape.labels(metric);
                known.addAll(exported.keySet());
                for (String label : labels) {
                    String[] parts = label.split("=", 2);
                    if (!OF_THE_SCRAPE.contains(parts[0])) {
                        assertThat(exported).as(text).containsKey(parts[0]);
                        assertThat(parts.length == 1 || exported.get(parts[0]).contains(parts[1]))
                                .as("%s in %s", label, text)
                                .isTrue();
                    }
                }
            });
            assertThat(known).as(text).containsAll(expression.grouped());
        }
    }

    @Test
    void theManualExplainsEveryMetricAndNoOther() throws Exception {
        Set<String> exported = scrape.ours().stream()
                .map(sample -> sample.name().replaceAll("_(bucket|count|sum|max)$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> explained = new TreeSet<>();
        Matcher row =
                Pattern.compile("^\\| `(batchgate_[a-z_]+)`", Pattern.MULTILINE).matcher(section("Watch"));
        while (row.find()) {
            explained.add(row.group(1));
        }

        assertThat(explained).isEqualTo(exported);
    }

    @Test
    void everyAlertHasItsParagraphAndEveryParagraphItsAlert() throws Exception {
        List<String> paragraphs = Pattern.compile("^### (\\w+)$", Pattern.MULTILINE)
                .matcher(section("Problems"))
                .results()
                .map(heading -> heading.group(1))
                .filter(heading -> heading.startsWith("Batchgate"))
                .toList();

        assertThat(paragraphs)
                .isEqualTo(alerts().stream()
                        .map(alert -> alert.get("alert").toString())
                        .toList());
        assertThat(alerts()).allSatisfy(alert -> {
            Map<?, ?> annotations = (Map<?, ?>) alert.get("annotations");
            String name = alert.get("alert").toString();
            assertThat(annotations.get("runbook")).isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
            assertThat(annotations.get("summary")).isNotNull();
            assertThat(alert.get("for")).isNotNull();
            assertThat(((Map<?, ?>) alert.get("labels")).get("severity")).isIn("page", "ticket");
        });
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
        Optional<Path> promtool = Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "promtool"))
                .filter(Files::isExecutable)
                .findFirst();
        if (promtool.isEmpty()) {
            System.out.println("SKIPPED: promtool is not installed, so the alert rules are not tried out;"
                    + " it comes with Debian's package prometheus");
        }
        Assumptions.assumeTrue(promtool.isPresent(), "promtool is not installed");

        run(promtool.get().toString(), "check", "rules", ALERTS.getFileName().toString());
        run(
                promtool.get().toString(),
                "test",
                "rules",
                ALERT_TESTS.getFileName().toString());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(ALERTS.getParent().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private static List<Map<String, Object>> alerts() throws IOException {
        Map<String, List<Map<String, List<Map<String, Object>>>>> rules = new Yaml().load(Files.readString(ALERTS));
        return rules.get("groups").stream()
                .flatMap(group -> group.get("rules").stream())
                .toList();
    }

    private static List<String> dashboard() throws IOException {
        List<String> expressions = new ArrayList<>();
        JsonNode dashboard = new JsonMapper().readTree(Files.readString(DASHBOARD));
        dashboard.get("panels").forEach(panel -> {
            if (panel.has("targets")) {
                panel.get("targets")
                        .forEach(target -> expressions.add(target.get("expr").asString()));
            }
        });
        return expressions;
    }

    private static String section(String name) throws IOException {
        String manual = Files.readString(MANUAL);
        int start = manual.indexOf("\n## " + name + "\n");
        int end = manual.indexOf("\n## ", start + 1);
        return manual.substring(start, end < 0 ? manual.length() : end);
    }
}
