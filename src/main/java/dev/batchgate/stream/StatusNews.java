package dev.batchgate.stream;

import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.StatusView;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What has become of an ingestion, for all who watch it; never changes. Where it has many batches, whoever knows what was
 * told before is told no more than what is different.
 */
final class StatusNews {

    /** As many are told each time: 30 KB at most, about, and no reader needs to put anything together. */
    private static final int FEW = 100;

    private final JsonMapper json;
    private final Ingestion ingestion;
    private final Optional<Forecast> forecast;
    private final long revision;
    private final long revisionBefore;
    private final byte[] changes;

    /** @param before what was told last; null if nothing was */
    StatusNews(JsonMapper json, Ingestion ingestion, Optional<Forecast> forecast, @Nullable StatusNews before) {
        this.json = json;
        this.ingestion = ingestion;
        this.forecast = forecast;
        this.revision = ingestion.revision();
        this.revisionBefore = before == null ? -1 : before.revision;
        this.changes = event(IntStream.range(0, ingestion.batchCount())
                .filter(batch -> isSmall() || (before != null && differs(before, batch)))
                .toArray());
    }

    private boolean isSmall() {
        return ingestion.batchCount() <= FEW;
    }

    private boolean differs(StatusNews before, int batch) {
        return !ingestion.state(batch).equals(before.ingestion.state(batch));
    }

    private byte[] event(int[] batches) {
        return EventText.event(revision, "status", json.writeValueAsString(StatusView.of(ingestion, forecast, batches)))
                .getBytes(StandardCharsets.UTF_8);
    }

    long revision() {
        return revision;
    }

    boolean isEnd() {
        return ingestion.status().isEnd();
    }

    /** The event for a reader who has been told of that revision, or of none ({@code -1}). */
    byte[] since(long told) {
        return isSmall() || (told >= 0 && told == revisionBefore)
                ? changes
                : event(IntStream.range(0, ingestion.batchCount()).toArray());
    }
}
