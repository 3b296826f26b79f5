package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the service says of the gate and the backlog.
 *
 * @param closedFor how long the upstream wants to be left alone yet
 * @param waiting batches without a slot, those to be dispatched again included
 * @param error what the upstream ran into last; empty if nothing
 */
record QueueReport(
        boolean isPaused,
        Optional<Duration> interval,
        Optional<Duration> closedFor,
        Optional<Duration> nextSlotIn,
        int inFlight,
        int maxInFlight,
        Map<Priority, Waiting> waiting,
        boolean isDown,
        String error) {

    /** @param age of the oldest ingestion that any of them belong to */
    record Waiting(int batches, int retrying, Optional<Duration> age) {}

    static QueueReport of(Answer answer) {
        JsonNode json = answer.json();
        if (!json.path("paused").isBoolean() || !json.path("waiting").isObject()) {
            throw Failure.refused("The answer is not Batchgate's: is the URL right?");
        }
        Map<Priority, Waiting> waiting = new EnumMap<>(Priority.class);
        for (Priority priority : Priority.values()) {
            JsonNode counts = json.path("waiting").path(priority.name());
            waiting.put(
                    priority,
                    new Waiting(
                            counts.path("batches").asInt(0),
                            counts.path("retrying").asInt(0),
                            until(counts.path("oldest"), answer.at()).map(Duration::negated)));
        }
        return new QueueReport(
                json.path("paused").asBoolean(),
                duration(json.path("interval").asString("")),
                until(json.path("closed_until"), answer.at()),
                until(json.path("next_slot_at"), answer.at()),
                json.path("in_flight").asInt(0),
                json.path("max_in_flight").asInt(0),
                waiting,
                json.path("upstream").path("down").asBoolean(false),
                json.path("upstream").path("error").asString(""));
    }

    int waiting(Priority priority) {
        Waiting counts = waiting.getOrDefault(priority, new Waiting(0, 0, Optional.empty()));
        return counts.batches() + counts.retrying();
    }

    /** Those that go before all of this priority. */
    int waitingBefore(Priority priority) {
        return waiting.keySet().stream()
                .filter(other -> other.compareTo(priority) < 0)
                .mapToInt(this::waiting)
                .sum();
    }

    /** Why nothing starts at the moment; empty where something may. */
    Optional<String> standstill() {
        if (isPaused) {
            return Optional.of("paused");
        }
        if (isDown) {
            return Optional.of("the upstream is down");
        }
        return closedFor
                .filter(wait -> wait.compareTo(Duration.ZERO) > 0)
                .map(wait -> "the upstream asks for " + Span.text(wait));
    }

    private static Optional<Duration> until(JsonNode moment, Instant now) {
        return IngestionReport.instant(moment.asString("")).map(then -> Duration.between(now, then));
    }

    private static Optional<Duration> duration(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Duration.parse(text));
        } catch (DateTimeException isNone) {
            return Optional.empty();
        }
    }
}
