package dev.batchgate.stream;

import dev.batchgate.ingestion.DispatchLog;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/**
 * The last events of dispatches, kept for all who follow them closely; never changes.
 *
 * @param from greatest number before the first of them
 * @param lines in the order of their numbers
 */
record DispatchTail(long from, List<Line> lines) {

    private static final int LONGEST = 1_000;

    /** Read and told at once. */
    static final int PAGE = 200;

    /** One event as it is written. */
    record Line(long change, String event) {

        static Line of(DispatchLog.Entry entry, JsonMapper json) {
            return new Line(
                    entry.change(), EventText.event(entry.change(), "dispatch", json.writeValueAsString(entry)));
        }
    }

    DispatchTail {
        lines = List.copyOf(lines);
    }

    long to() {
        return lines.isEmpty() ? from : lines.get(lines.size() - 1).change();
    }

    /** Whether it holds all that comes after that number. */
    boolean covers(long change) {
        return change >= from;
    }

    /** What it holds after that number, or as much of it as is told at once. */
    List<Line> after(long change) {
        int first = lines.size();
        while (first > 0 && lines.get(first - 1).change() > change) {
            first--;
        }
        return lines.subList(first, Math.min(lines.size(), first + PAGE));
    }

    DispatchTail and(List<Line> more) {
        List<Line> all = new ArrayList<>(lines);
        all.addAll(more);
        int dropped = Math.max(0, all.size() - LONGEST);
        return dropped == 0
                ? new DispatchTail(from, all)
                : new DispatchTail(all.get(dropped - 1).change(), all.subList(dropped, all.size()));
    }
}
