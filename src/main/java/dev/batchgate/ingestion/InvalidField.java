package dev.batchgate.ingestion;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * One field of a request that breaks a rule.
 *
 * @param pointer where it stands in the body, as a JSON Pointer (RFC 6901); empty for the whole body
 * @param detail the rule that it breaks
 */
public record InvalidField(
        @JsonProperty("pointer") String pointer,
        @JsonProperty("detail") String detail) {

    String sentence() {
        return (pointer.isEmpty() ? "the body" : pointer) + " " + detail;
    }
}
