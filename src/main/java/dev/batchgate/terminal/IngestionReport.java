package dev.batchgate.terminal;

import dev.batchgate.ingestion.Priority;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * What the service says of one ingestion, without its batches.
 *
 * @param left how long it takes from then on, by the service's own forecast
 */
record IngestionReport(
        String id,
        String status,
        Optional<Priority> priority,
        String createdAt,
        int total,
        int completed,
        int failed,
        int cancelled,
        Optional<Duration> left) {

    static IngestionReport of(Answer answer) {
        JsonNode json = answer.json();
        JsonNode progress = json.path("progress");
        if (!json.path("status").isString() || !progress.path("total").isInt()) {
            throw Failure.refused("The answer is not Batchgate's: is the URL right?");
        }
        return new IngestionReport(
                json.path("ingestion_id").asString(""),
                json.path("status").asString(""),
                priority(json.path("priority").asString("")),
                json.path("created_at").asString(""),
                progress.path("total").asInt(0),
                progress.path("completed").asInt(0),
                progress.path("failed").asInt(0),
                progress.path("cancelled").asInt(0),
                instant(json.path("estimated_completion_at").asString(""))
                        .map(end -> Duration.between(answer.at(), end))
                        .filter(left -> !left.isNegative()));
    }

    int ended() {
        return completed + failed + cancelled;
    }

    boolean hasEnded() {
        return switch (status) {
            case "completed", "failed", "cancelled" -> true;
            default -> false;
        };
    }

    boolean hasBegun() {
        return !status.equals("yet_to_start");
    }

    Exit exit() {
        return hasEnded() && !status.equals("completed") ? Exit.NOT_ALL_COMPLETED : Exit.DONE;
    }

    static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException isNone) {
            return Optional.empty();
        }
    }

    private static Optional<Priority> priority(String name) {
        try {
            return Optional.of(Priority.valueOf(name.toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException unknown) {
            return Optional.empty();
        }
    }
}
