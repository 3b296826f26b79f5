package dev.batchgate.stream;

import dev.batchgate.ingestion.Forecast;
import dev.batchgate.ingestion.Ingestion;
import dev.batchgate.ingestion.StatusView;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What has become of an ingestion, for all who follow it; never changes. Where it has many batches, whoever knows what was
 * told before is told no more than what is different, and all of it comes in pieces: a reader who takes its time holds one of
 * them, not the whole.
 */
final class StatusNews {

    /** As many are told each time: 30 KB at most, about, and no reader needs to put anything together. */
    private static final int FEW = 100;

    /** What a status without batches ends with; they are put in between. */
    private static final String END = "]}";

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
        return utf8(EventText.event(revision, "status", status(batches)));
    }

    private String status(int[] batches) {
        return json.writeValueAsString(StatusView.of(ingestion, forecast, batches));
    }

    long revision() {
        return revision;
    }

    boolean isEnd() {
        return ingestion.status().isEnd();
    }

    /** The event for a reader who has been told of that revision, or of none ({@code -1}), in pieces made one by one. */
    Iterator<byte[]> since(long told) {
        return isSmall() || (told >= 0 && told == revisionBefore)
                ? Stream.of(changes).iterator()
                : Stream.concat(
                                Stream.of(0).map(first -> head()),
                                IntStream.rangeClosed(1, (ingestion.batchCount() - 1) / FEW)
                                        .mapToObj(piece -> "," + batches(piece * FEW) + end(piece)))
                        .map(StatusNews::utf8)
                        .iterator();
    }

    private String head() {
        String event = EventText.event(revision, "status", status(range(0)));
        return event.substring(0, event.lastIndexOf(END));
    }

    /** The batches from that one on, without the brackets around them. */
    private String batches(int from) {
        String array = json.writeValueAsString(
                StatusView.of(ingestion, Optional.empty(), range(from)).batches());
        return array.substring(1, array.length() - 1);
    }

    private String end(int piece) {
        return (piece + 1) * FEW >= ingestion.batchCount() ? END + "\n\n" : "";
    }

    private int[] range(int from) {
        return IntStream.range(from, Math.min(from + FEW, ingestion.batchCount()))
                .toArray();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
