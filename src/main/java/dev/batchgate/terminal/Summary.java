package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** An answer in words, a fact a line. */
final class Summary {

    private static final int MOST_ERRORS = 5;

    private Summary() {}

    /** Of an ingestion. */
    static List<String> of(Answer answer) {
        IngestionReport report = IngestionReport.of(answer);
        List<String> lines = new ArrayList<>();
        lines.add(Plain.text("%s  %s  %s"
                .formatted(
                        report.id(),
                        report.status(),
                        report.priority().map(Priority::name).orElse(""))
                .strip()));
        lines.add("  created  " + Plain.text(report.createdAt()));
        lines.add("  batches  %d: %d completed, %d failed, %d cancelled, %d to go"
                .formatted(
                        report.total(),
                        report.completed(),
                        report.failed(),
                        report.cancelled(),
                        report.total() - report.ended()));
        if (!report.hasEnded()) {
            report.left().ifPresent(left -> lines.add("  expected in about " + Span.text(left)));
        }
        addErrors(answer.json().path("batches"), lines);
        return lines;
    }

    private static void addErrors(JsonNode batches, List<String> lines) {
        int more = 0;
        int told = 0;
        for (JsonNode batch : batches) {
            String error = batch.path("error").asString("");
            if (!error.isEmpty() && told < MOST_ERRORS) {
                lines.add("  %-8s %s".formatted(told++ == 0 ? "errors" : "", Plain.text(error)));
            } else if (!error.isEmpty()) {
                more++;
            }
        }
        if (more > 0) {
            lines.add("           ... and of %d more batches".formatted(more));
        }
    }

    /** Of the gate and the backlog. */
    static List<String> of(QueueReport queue) {
        List<String> lines = new ArrayList<>();
        lines.add("gate       %s%s"
                .formatted(
                        queue.standstill().orElse("open"),
                        queue.interval()
                                .map(each -> ", a batch every " + Span.text(each))
                                .orElse("")));
        queue.nextSlotIn()
                // What time it is there is only known to the second.
                .filter(wait -> wait.compareTo(Duration.ofSeconds(1)) > 0)
                .ifPresent(wait -> lines.add("next slot  in " + Span.text(wait)));
        lines.add("in flight  %d of %d".formatted(queue.inFlight(), queue.maxInFlight()));
        for (Map.Entry<Priority, QueueReport.Waiting> each : queue.waiting().entrySet()) {
            QueueReport.Waiting waiting = each.getValue();
            lines.add("%-10s %d waiting%s%s"
                    .formatted(
                            each.getKey(),
                            waiting.batches() + waiting.retrying(),
                            waiting.retrying() > 0 ? ", %d of them once more".formatted(waiting.retrying()) : "",
                            waiting.age()
                                    .map(age -> ", the oldest for " + Span.text(age.isNegative() ? Duration.ZERO : age))
                                    .orElse("")));
        }
        if (!queue.error().isEmpty()) {
            lines.add("upstream   " + Plain.text(queue.error()));
        }
        return lines;
    }
}
