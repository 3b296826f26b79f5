package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Port: what became of dispatches, in the order in which it happened, on stable storage. Any thread may ask; all of it
 * throws {@link Unavailable} when the store cannot be read.
 */
public interface DispatchLog {

    /** No entry has a greater number; 0 before the first one. */
    long last();

    /** The next entries after that number, in the order of theirs. */
    List<Entry> after(long change, int most);

    /** The last entries, in the order of their numbers. */
    List<Entry> latest(int most);

    /**
     * One dispatch as it stands. It has one entry at a time: once it ends, with another number than before.
     *
     * @param change number of what happened to it last: it began, or it ended
     * @param slot its number among all dispatches
     * @param acceptedAt when its ingestion was accepted
     * @param endedAt null while it is in flight, as are those that follow
     * @param outcome completed, failed, incomplete, unreachable, unknown or unsent
     * @param error what was in its way; null if nothing was
     * @param nextAttemptAt when its batch may be dispatched again at the earliest; null if it has ended
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Entry(
            @JsonIgnore long change,
            @JsonProperty("slot") long slot,
            @JsonProperty("ingestion_id") UUID ingestionId,
            @JsonProperty("batch_id") String batchId,
            @JsonProperty("priority") Priority priority,
            @JsonProperty("attempt") int attempt,
            @JsonProperty("accepted_at") Instant acceptedAt,
            @JsonProperty("started_at") Instant startedAt,
            @JsonProperty("ended_at") @Nullable Instant endedAt,
            @JsonProperty("outcome") @Nullable String outcome,
            @JsonProperty("error") @Nullable String error,
            @JsonProperty("next_attempt_at") @Nullable Instant nextAttemptAt) {}
}
