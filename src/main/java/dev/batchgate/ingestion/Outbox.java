package dev.batchgate.ingestion;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Port: the news of ends that are to be told to somebody. Each is on record in the commit that ends the ingestion. Any
 * thread may enter, of any replica; all throw {@link Unavailable} where the store cannot be used.
 */
public interface Outbox {

    /** One that may be sent now. */
    record Due(UUID id, String host) {}

    /**
     * One as it stands.
     *
     * @param event how the ingestion ended
     * @param nextAttemptAt null unless it is pending
     * @param endedAt when it was delivered, or given up; null while it is pending
     */
    record Entry(
            UUID id,
            IngestionStatus event,
            DeliveryState state,
            int attempts,
            @Nullable Integer lastStatus,
            @Nullable String lastError,
            Instant createdAt,
            @Nullable Instant nextAttemptAt,
            @Nullable Instant endedAt) {}

    /**
     * Those that may be sent now and that nobody is sending, those that wait longest first.
     *
     * @param exceptHosts none to these
     * @param mostPerHost and no more to any other
     */
    List<Due> due(Collection<String> exceptHosts, int mostPerHost, int most);

    /**
     * Takes those of them that nobody else has taken, each for one attempt. Until so much time has passed nobody else
     * gets them, unless {@link #record} has been told before how the attempt ended.
     */
    List<Delivery> claim(List<UUID> ids, Duration lease);

    /**
     * Records how an attempt ended. If the receiver is gone, all else ends that was still to be told there of this
     * ingestion.
     *
     * @return what has become of the delivery; empty if it was not recorded, since it is somebody else's by now, or gone
     */
    Optional<DeliveryState> record(Delivery delivery, Attempt attempt);

    /** The deliveries of an ingestion, newest first; of very many, not all. */
    List<Entry> of(UUID ingestionId);

    /**
     * Makes a delivery due at once, with all its time anew, whatever became of it. One that is being sent stays as it
     * is.
     *
     * @return how it stands now; empty if there is none
     */
    Optional<Entry> redeliver(UUID ingestionId, UUID id);
}
