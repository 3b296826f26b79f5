package dev.batchgate.terminal;

import java.util.List;
import java.util.function.ToIntFunction;

/** How many batches of some ingestions have ended, and how. */
record Tally(int total, int completed, int failed, int cancelled) {

    private static final int WIDTH = 24;

    static Tally of(List<IngestionReport> reports) {
        return new Tally(
                sum(reports, IngestionReport::total),
                sum(reports, IngestionReport::completed),
                sum(reports, IngestionReport::failed),
                sum(reports, IngestionReport::cancelled));
    }

    private static int sum(List<IngestionReport> reports, ToIntFunction<IngestionReport> count) {
        return reports.stream().mapToInt(count).sum();
    }

    int ended() {
        return completed + failed + cancelled;
    }

    String bar() {
        int full = total == 0 ? WIDTH : (int) ((long) ended() * WIDTH / total);
        return "[%s%s] %d of %d batches%s"
                .formatted("=".repeat(full), " ".repeat(WIDTH - full), ended(), total, flaws());
    }

    String summary(int ingestions) {
        String what = ingestions == 1 ? "" : ingestions + " ingestions: ";
        return ended() == completed
                ? "%sall %d batches completed.".formatted(what, total)
                : "%s%d of %d batches completed%s.".formatted(what, completed, total, flaws());
    }

    private String flaws() {
        return (failed > 0 ? ", %d failed".formatted(failed) : "")
                + (cancelled > 0 ? ", %d cancelled".formatted(cancelled) : "");
    }
}
