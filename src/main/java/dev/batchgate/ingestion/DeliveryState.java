package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** How far the news of an end is on its way to whoever is to be told. */
public enum DeliveryState {
    /** It is to be sent, or sent again. */
    @JsonProperty("pending")
    PENDING,
    /** The receiver said that it has it. */
    @JsonProperty("delivered")
    DELIVERED,
    /** The receiver said that nobody wants it any more. */
    @JsonProperty("gone")
    GONE,
    /** It was tried for as long as it is. */
    @JsonProperty("exhausted")
    EXHAUSTED;

    /** As stores have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The opposite. */
    public static DeliveryState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
