package dev.batchgate.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.batchgate.ingestion.Data;
import dev.batchgate.ingestion.IdOutcome;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.util.RawValue;

/**
 * What one id has come to, as {@code GET /results/{id}} shows it.
 *
 * @param data what was fetched: the JSON value itself, or text or bytes as a string; absent unless completed
 * @param encoding of bytes, {@code base64}; absent for all other data
 * @param contentType of the data, as the upstream named it; absent where that says nothing more
 * @param error why it failed; absent unless it has
 * @param httpStatus what the upstream answered with; absent unless that is why it failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Result")
record Line(
        @JsonProperty("id") long id,
        @JsonProperty("status") Status status,
        @JsonProperty("data") @Nullable Object data,
        @JsonProperty("encoding") @Nullable String encoding,
        @JsonProperty("content_type") @Nullable String contentType,
        @JsonProperty("error") @Nullable String error,
        @JsonProperty("http_status") @Nullable Integer httpStatus) {

    private static final String BASE64 = "base64";

    enum Status {
        /** It has not ended: it waits for a slot, for another one, or is being fetched. */
        @JsonProperty("pending")
        PENDING,
        /** It was fetched. */
        @JsonProperty("completed")
        COMPLETED,
        /** It could not be fetched. */
        @JsonProperty("failed")
        FAILED,
        /** It was taken back before it was fetched. */
        @JsonProperty("cancelled")
        CANCELLED
    }

    /** @param outcome null if it has not ended */
    static Line of(long id, @Nullable IdOutcome outcome) {
        if (outcome instanceof IdOutcome.Fetched fetched) {
            return completed(id, fetched.data());
        }
        if (outcome instanceof IdOutcome.Failed failed) {
            return new Line(id, Status.FAILED, null, null, null, failed.reason(), failed.httpStatus());
        }
        Status status = outcome instanceof IdOutcome.Cancelled ? Status.CANCELLED : Status.PENDING;
        return new Line(id, status, null, null, null, null, null);
    }

    private static Line completed(long id, Data data) {
        // Not parsed: a number would not come out as it went in.
        Object value = data.form() == Data.Form.JSON ? new RawValue(data.text()) : data.text();
        String encoding = data.form() == Data.Form.BINARY ? BASE64 : null;
        return new Line(id, Status.COMPLETED, value, encoding, data.contentType(), null, null);
    }
}
